/** Takes lines out of a script of the state DB, for the defects that leave a check out. */

/** The script with each text replaced; a text that is not there is an error, for the bug would not be planted then. */
export function editScript(
  lua: string,
  replacements: readonly (readonly [text: string, by: string])[],
): string {
  return replacements.reduce((edited, [text, by]) => {
    if (!edited.includes(text)) throw new Error(`the script has no text ${JSON.stringify(text)}`);
    return edited.replace(text, () => by);
  }, lua);
}

/** The checks of `apply.lua` that compare a batch with what is stored. */
export const COMPARISONS = [
  ["if after <= stored then return { 'DUPLICATE', meta[5] } end\n", ''],
  ["if first < stored then return { 'OVERLAP', meta[5] } end\n", ''],
  ["if first > stored then return { 'GAP', meta[5] } end\n", ''],
  ["if before ~= befores[i] then return { 'SEQ', skus[i], before } end\n", ''],
] as const;
