/** Writes results.json, results.svg and the tables of README.md beside the bench. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Bar } from '../bars.ts';
import type { Comparison } from '../compare.ts';
import type { EndToEnd } from '../end-to-end.ts';
import type { Machine } from '../measure/machine.ts';
import type { Scaling } from '../scaling.ts';
import { drawPicture } from './picture.ts';
import { formatTables } from './tables.ts';

/** Everything that one bench run came to. */
export interface Results {
  readonly machine: Machine;
  readonly repetitions: number;
  readonly comparison: Comparison;
  readonly scaling: Scaling;
  readonly endToEnd: EndToEnd;
  readonly bars: readonly Bar[];
}

const folder = new URL('../', import.meta.url);
const BEGIN = '<!-- results: written by the bench -->';
const END = '<!-- end of results -->';

/** Replaces the report of the run before. */
export function writeReport(results: Results): void {
  writeFileSync(new URL('results.json', folder), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(new URL('results.svg', folder), drawPicture(results));
  const readme = new URL('README.md', folder);
  const text = readFileSync(readme, 'utf8');
  const [before] = text.split(BEGIN);
  const [, after] = text.split(END);
  if (after === undefined) throw new Error(`bench/README.md lacks the line ${END}`);
  writeFileSync(readme, `${before}${BEGIN}\n\n${formatTables(results)}\n${END}${after}`);
}
