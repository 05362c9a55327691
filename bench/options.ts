/** What a person may ask of the bench. */
import { parseArgs } from 'node:util';

/** Settings of one bench run. */
export interface BenchOptions {
  /** Only what the exit code rests on, in a few minutes; writes no report. */
  readonly quick: boolean;
  /** Runs of each contender and configuration. */
  readonly repetitions: number;
  /** Records that the contenders are compared on. */
  readonly records: number;
}

/** Wrong usage; `problems` has one line for each. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** What `--help` prints. */
export const usage = `Usage: npm run bench -- [--quick] [--repetitions <n>] [--records <n>]

  --quick            only the two ratios and the memory, in about three minutes; writes no report
  --repetitions <n>  runs of each contender, 1 to 20 (default 3)
  --records <n>      records that the contenders are compared on, 100000 to 2118240 (default 2000000)

Ends with 0 where every bar holds, with 1 where one does not, with 64 on wrong usage.`;

/** Reads the options; undefined where help was asked for. Throws {@link UsageError} naming every problem. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { tokens, values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean' },
      quick: { type: 'boolean' },
      repetitions: { type: 'string' },
      records: { type: 'string' },
    },
    strict: false,
    tokens: true,
  });
  const known = new Set(['help', 'quick', 'repetitions', 'records']);
  const problems = tokens.flatMap((token) => {
    if (token.kind === 'option')
      return known.has(token.name) ? [] : [`${token.rawName}: no such option`];
    return token.kind === 'positional' ? [`${token.value}: no argument is expected`] : [];
  });
  const repetitions = whole('repetitions', values.repetitions, [1, 20], 3, problems);
  const records = whole('records', values.records, [100_000, 2_118_240], 2_000_000, problems);
  if (problems.length > 0) throw new UsageError(problems);
  return values.help ? undefined : { quick: values.quick === true, repetitions, records };
}

function whole(
  name: string,
  typed: string | boolean | undefined,
  [low, high]: readonly [number, number],
  standard: number,
  problems: string[],
): number {
  if (typed === undefined) return standard;
  const value = Number(typed);
  if (typeof typed === 'string' && Number.isInteger(value) && value >= low && value <= high)
    return value;
  problems.push(`--${name} takes a whole number from ${low} to ${high}, not '${typed}'`);
  return standard;
}
