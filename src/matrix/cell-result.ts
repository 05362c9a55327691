/** What was seen of a run key of the matrix: a line of `cells.jsonl`, made from a run's verdict and read again where a matrix goes on. */

import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonLines } from '../history/json-lines.ts';
import type { RunVerdict } from '../history/saved-run.ts';

/** One line; from it the words of all cells with the key follow. */
export interface CellResult {
  /** Run key, see `runKey`. */
  readonly key: string;
  /** Id of the cell that was run. */
  readonly cell: string;
  /** Records that were asked for. */
  readonly records: number;
  /** Whether the real registry refused it. */
  readonly refused: boolean;
  /** What the data suffered; `outage`: readers went without answers, and nothing else was found. */
  readonly data: 'safe' | 'unsafe' | 'outage' | 'inconclusive';
  /** What was found, or why it was refused or is inconclusive; null where it was safe. */
  readonly finding: string | null;
  /** Folder of the run; null where it broke off. */
  readonly run: string | null;
  readonly seconds: number;
}

/** Name of the file in the folder of a matrix. */
export const cellsFile = 'cells.jsonl';

/** What a run's verdict says of the data, and whether the registry let it pass. */
export function seenIn(verdict: RunVerdict): Pick<CellResult, 'refused' | 'data' | 'finding'> {
  const { observed, found, reasons } = verdict;
  const refused = observed.outcome === 'refused';
  const word = observed.verdict;
  if (word === 'inconclusive') return { refused, data: 'inconclusive', finding: reasons.join(' ') };
  if (word === 'safe') return { refused, data: 'safe', finding: null };
  // The second reason of a refusal is what was predicted of it, and so nothing that was seen.
  if (word === 'rejected' || word === 'rejected-but-safe') {
    return { refused, data: 'safe', finding: reasons[0] ?? null };
  }
  const isOutage = found.length > 0 && found.every((kind) => kind === 'unavailable');
  const finding = reasons.slice(0, 2).join(' ');
  return { refused, data: isOutage ? 'outage' : 'unsafe', finding };
}

/** Adds a line that is on its way to the disk when this resolves. */
export async function keepResult(folder: string, result: CellResult): Promise<void> {
  const path = join(folder, cellsFile);
  // A killed matrix may have left half a line, which must not spoil this one.
  const before = await readFile(path, 'utf8').catch(() => '');
  const isCutOff = before !== '' && !before.endsWith('\n');
  await appendFile(path, `${isCutOff ? '\n' : ''}${JSON.stringify(result)}\n`);
}

/** Results that need not be run again: conclusive ones of as many records, the last of each key. Rejects where there is no file. */
export async function readResults(
  folder: string,
  records: number,
): Promise<{ readonly results: readonly CellResult[]; readonly problems: readonly string[] }> {
  const { values, problems } = await readJsonLines<CellResult>(join(folder, cellsFile));
  const usable = values.filter((each) => each.records === records && each.data !== 'inconclusive');
  const results = [...new Map(usable.map((each) => [each.key, each])).values()];
  const told = problems.map(({ file, line, message }) => `${file}:${line} ${message}`);
  return { results, problems: told };
}
