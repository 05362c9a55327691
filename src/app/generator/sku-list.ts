/** SKUs by number: `0-9,12` means sku_000000 … sku_000009 and sku_000012. */

/** Pattern of a list of numbers and ranges; `none`: wait for SKUs to be assigned. */
export const SKU_LIST = '^(none|[0-9]{1,6}(-[0-9]{1,6})?(,[0-9]{1,6}(-[0-9]{1,6})?)*)$';

/** Name of a SKU (0 … 999,999). */
export function skuName(index: number): string {
  return `sku_${String(index).padStart(6, '0')}`;
}

/** The numbers that a list names, ascending, each once. */
export function parseSkuList(list: string): number[] {
  const indexes = new Set<number>();
  if (list === 'none') return [];
  for (const part of list.split(',')) {
    const [from = 0, to = from] = part.split('-').map(Number);
    for (let index = from; index <= to; index++) indexes.add(index);
  }
  return [...indexes].sort((a, b) => a - b);
}
