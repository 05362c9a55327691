/** `cutover report`: writes the report of a saved run again and opens it. */

import { resolve } from 'node:path';
import { Command } from 'commander';
import Type from 'typebox';
import type { CommandContext } from '../command-context.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import { openerOf, openPage } from '../report/open-page.ts';
import { judgeRead, readNamedRun, runsFolder } from '../verify/judge-saved.ts';

const examples = `
Examples:
  $ npx cutover report latest                 the run that was started last
  $ npx cutover report v1-to-v2-canary        the one run of that name
  $ npx cutover report runs/20261124T010203-v1-to-v2-canary --no-open`;

const optionsSchema = Type.Object({
  runs: Type.String({
    flags: '--runs <folder>',
    description: 'folder that the runs are in',
    minLength: 1,
    expected: 'a folder',
    default: runsFolder,
  }),
});

interface Flags {
  readonly open: boolean;
  readonly json?: boolean;
}

/** The command `report`. */
export function reportCommand(context: CommandContext): Command {
  const command = new Command('report')
    .description('Writes the report of a saved run and opens it in the browser.')
    .argument('<run>', 'its folder, how its name begins, or latest')
    .option('--no-open', 'only print where the report is')
    .option('--json', 'print the paths and the verdict as JSON')
    .addHelpText('after', examples);
  addOptions(command, optionsSchema);
  return command.action((run: string, typed: Flags) => runReport(context, run, typed));
}

async function runReport({ terminal }: CommandContext, name: string, typed: Flags): Promise<void> {
  const { runs } = readOptions(optionsSchema, { ...typed }).values as Type.Static<
    typeof optionsSchema
  >;
  const run = await readNamedRun(name, runs);
  const judged = run.history === null ? null : judgeRead(run, {}, () => undefined).answer;
  const verdict = judged ?? run.verdict;
  // Loaded only now, because the chart library that it reads would delay every other command.
  const { writeReport } = await import('../../report/write-report.ts');
  const { html, junit } = await writeReport(run.folder, { ...run, verdict }, run.problems);
  const path = resolve(html);
  if (typed.json) {
    terminal.result(
      JSON.stringify({ report: path, junit: junit && resolve(junit), ...verdict?.observed }),
    );
    return;
  }
  terminal.result(path);
  const opener = typed.open && terminal.isTerminal ? openerOf(process.platform, process.env) : null;
  if (opener && !(await openPage(opener, path))) {
    terminal.note(`could not be opened with ${opener}; open it in a browser`);
  }
}
