/** The end of `cutover up --once`: the live verification, the totals and the timings. */

import { exitCodeOf } from '../../checker/verdict.ts';
import { verifyLive } from '../../verify-live.ts';
import type { CommandContext } from '../command-context.ts';
import { describeVerdict } from '../verify/verdict-text.ts';
import type { StartedLab } from './start-lab.ts';
import { formatCount } from './watch-lab.ts';

/** Judges a lab whose whole history is in REST, prints what came out, and resolves with the exit code. */
export async function concludeOnce(
  { terminal, interrupt }: CommandContext,
  { lab, producingSinceMs }: StartedLab,
  { json }: { readonly json: boolean },
): Promise<number> {
  const seconds = (performance.now() - producingSinceMs) / 1000;
  const { addresses, run } = lab;
  const { verdict } = await verifyLive(
    { addresses, run, deployments: await lab.deployments() },
    {
      complete: true,
      signal: interrupt,
      progress: (step) => terminal.live(`… verify: ${step}`),
    },
  );
  const recordsPerSecond = Math.round(verdict.records / seconds);
  if (json) {
    const timing = { seconds: Number(seconds.toFixed(2)), recordsPerSecond };
    terminal.result(JSON.stringify({ event: 'verdict', ...verdict, ...timing }));
  } else {
    for (const line of describeVerdict(verdict, terminal.isTerminal)) terminal.result(line);
    const count = formatCount(verdict.records);
    const rate = formatCount(recordsPerSecond);
    terminal.result(
      `  ${count} records in ${seconds.toFixed(1)} s from the generator's start to all of them in REST (${rate} records/s)`,
    );
  }
  return exitCodeOf(verdict);
}
