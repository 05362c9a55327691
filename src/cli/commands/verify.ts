/** `cutover verify`: judges a running lab, or a saved history again. */

import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import Type from 'typebox';
import type { Verdict } from '../../checker/verdict.ts';
import { exitCodeOf } from '../../checker/verdict.ts';
import { exitCodeOfRun } from '../../conclude-run.ts';
import type { History } from '../../history/history.ts';
import type { CommandContext } from '../command-context.ts';
import { ExpectedError } from '../expected-error.ts';
import { interruptedExitCode } from '../interrupt.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import { placeOptions } from '../place-options.ts';
import { describeAnswer } from '../verify/answer-text.ts';
import type { SavedJudgement } from '../verify/judge-saved.ts';
import { judgeSaved } from '../verify/judge-saved.ts';
import { describeVerdict } from '../verify/verdict-text.ts';

const examples = `
Examples:
  $ npx cutover verify --live                 judge the lab that runs now
  $ npx cutover verify --live --platform kubernetes --context microk8s
  $ npx cutover verify --live --save run.json and keep what it was judged by
  $ npx cutover verify run.json               judge that again, without a lab
  $ npx cutover verify latest                 judge the last run of an experiment again

Exit code: 0 pass or safe, 1 fail or not safe, 2 inconclusive or unknown.`;

const wrongUsageExitCode = 64;

const optionsSchema = Type.Object({
  ...placeOptions,
  timeout: Type.Integer({
    flags: '--timeout <seconds>',
    description: 'how long to wait until all records are counted and shown',
    minimum: 0,
    maximum: 3600,
    expected: 'seconds from 0 to 3600',
    default: 30,
  }),
});

interface Flags {
  readonly live?: boolean;
  readonly complete?: boolean;
  readonly save?: string;
  readonly json?: boolean;
}

type Options = Flags & Type.Static<typeof optionsSchema>;

/** The command `verify`. */
export function verifyCommand(context: CommandContext): Command {
  const command = new Command('verify')
    .description('Judges whether data were lost, doubled or mis-aggregated.')
    .argument('[run]', 'a saved run: its folder, how its name begins, latest, or a history file')
    .option('--live', 'judge the running lab')
    .option('--complete', 'demand every record of every SKU, too')
    .option('--save <file>', 'write the history that was judged to a file')
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', examples);
  addOptions(command, optionsSchema);
  return command.action(async (run: string | undefined, typed: Flags) => {
    try {
      process.exitCode = await runVerify(context, run, typed);
    } catch (error) {
      if (!context.interrupt.aborted) throw error;
      process.exitCode = interruptedExitCode;
    }
  });
}

async function runVerify(
  context: CommandContext,
  run: string | undefined,
  typed: Flags,
): Promise<number> {
  const { terminal } = context;
  const options = { ...typed, ...readOptions(optionsSchema, { ...typed }).values } as Options;
  if ((run === undefined) === (options.live !== true)) {
    terminal.note(
      'cutover verify: give either --live or a saved run, e.g. npx cutover verify --live',
    );
    return wrongUsageExitCode;
  }
  const complete = options.complete === true;
  const judged: SavedJudgement =
    run === undefined
      ? { check: await judgeLive(context, options), answer: null }
      : await judgeSaved(run, { complete }, (problem) => terminal.note(`cutover: ${problem}`));
  const { check, answer } = judged;
  if (options.json) terminal.result(JSON.stringify(jsonOf(judged)));
  else printVerdict(context, judged);
  return answer === null ? exitCodeOf(check) : exitCodeOfRun(answer);
}

/** The checker's verdict, and beside it what the run answers to its question. */
function jsonOf({ check, answer }: SavedJudgement): object {
  if (answer === null) return check;
  const { check: _same, format: _format, ...run } = answer;
  return { ...check, run };
}

async function judgeLive(
  { terminal, interrupt, openPlatform }: CommandContext,
  options: Options,
): Promise<Verdict> {
  const { name, complete = false, timeout, save } = options;
  const lab = await (await openPlatform(options)).find(name);
  if (lab === undefined) {
    const message = `no lab named ${name} is running. Mend: start one with npx cutover up --name ${name}`;
    throw new ExpectedError('NO_LAB', message);
  }
  // Loaded only now, because the Kafka client that it needs would delay every other command.
  const { verifyLive } = await import('../../verify-live.ts');
  const { verdict } = await verifyLive(lab, {
    ...{ complete, timeoutMs: timeout * 1000, signal: interrupt },
    progress: (step) => terminal.live(`verify: ${step}…`),
    ...(save === undefined ? {} : { keep: (history) => saveHistory(save, history) }),
  });
  return verdict;
}

function printVerdict({ terminal }: CommandContext, { check, answer }: SavedJudgement): void {
  const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  for (const line of describeVerdict(check, colour)) terminal.result(line);
  if (answer === null) return;
  for (const line of describeAnswer(answer, colour)) terminal.result(line);
}

async function saveHistory(path: string, history: History): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(history)}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `cannot save the history: ${reason}. Mend: name a file that can be written`;
    throw new ExpectedError('NOT_SAVED', message, { cause });
  }
}
