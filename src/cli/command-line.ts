/** Runs one command line: reads it, checks it, dispatches, and answers with an exit code. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { nearest } from '../nearest.ts';
import type { CommandContext } from './command-context.ts';
import { addCommands } from './commands.ts';
import { describeFailure } from './failure.ts';
import { openPlatform } from './platforms.ts';
import { createTerminal } from './terminal.ts';
import { findUsageProblems } from './usage.ts';

/** Exit code for wrong usage (EX_USAGE of sysexits.h). */
const usageExitCode = 64;

/** Runs the arguments (without node and script) and resolves with the exit code; never rejects. */
export async function runCommandLine(
  args: readonly string[],
  given: Partial<CommandContext> & Pick<CommandContext, 'interrupt'>,
): Promise<number> {
  const terminal = given.terminal ?? createTerminal(process.stdout, process.stderr);
  const context: CommandContext = { openPlatform, ...given, terminal };
  const program = buildProgram(context);
  try {
    const problems = findProblems(program, args);
    if (problems.length > 0) {
      for (const problem of problems) terminal.note(`cutover: ${problem}`);
      return usageExitCode;
    }
    process.exitCode = 0;
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
    const failure = describeFailure(error, args.includes('--debug'));
    for (const line of failure.lines) terminal.note(line);
    return failure.exitCode;
  }
}

function buildProgram(context: CommandContext): Command {
  const program = new Command('cutover')
    .description('Proves the upgrade of a Kafka application before you ship it.')
    .version(readVersion(), '-V, --version')
    .option('--debug', 'show the stack of an error')
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: write(context.terminal.result),
      writeErr: write(context.terminal.note),
    });
  addCommands(program, context);
  for (const command of program.commands) {
    command.exitOverride().copyInheritedSettings(program);
  }
  return program;
}

function write(line: (text: string) => void): (text: string) => void {
  return (text) => line(text.replace(/\n$/, ''));
}

function findProblems(program: Command, args: readonly string[]): readonly string[] {
  if (args.some((arg) => ['-h', '--help', '-V', '--version', 'help'].includes(arg))) return [];
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const names = program.commands.map((command) => command.name());
  const name = args[at];
  if (name === undefined) return [`a command is missing: ${names.join(', ')} (see cutover --help)`];
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) {
    const near = nearest(name, names);
    const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
    return [`${name}: unknown command (${hint})`];
  }
  const problems = findUsageProblems(command, [...args.slice(0, at), ...args.slice(at + 1)]);
  if (problems.length === 0) return [];
  return [...problems, `see cutover ${name} --help`];
}

function readVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return version;
}
