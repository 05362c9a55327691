/** Finds everything that is wrong with a command line at once, before commander stops at the first. */

import type { Command, Option } from 'commander';
import { nearest } from '../nearest.ts';
import { checkOf, readOptions, schemaOf } from './option-schema.ts';
import { findPlaceProblems } from './place-options.ts';

/** Problems of the arguments given to one command, each naming its flag; empty where there are none. */
export function findUsageProblems(command: Command, args: readonly string[]): readonly string[] {
  const options = [...command.options, ...(command.parent?.options ?? [])];
  const scan = scanArguments(args, options);
  const schema = schemaOf(command);
  return [
    ...scan.problems,
    ...(schema === undefined ? [] : readOptions(schema, scan.typed).problems),
    ...(checkOf(command)?.(scan.operands, scan.typed) ?? []),
    ...findPlaceProblems(scan.typed),
    ...findOperandProblems(command, scan),
  ];
}

interface Scan {
  readonly typed: Record<string, unknown>;
  readonly operands: string[];
  readonly problems: string[];
  /** An unknown option may have had a value, which then counts as no operand. */
  unknownSeen: boolean;
}

function scanArguments(args: readonly string[], options: readonly Option[]): Scan {
  const scan: Scan = { typed: {}, operands: [], problems: [], unknownSeen: false };
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      scan.operands.push(...args.slice(index + 1));
      break;
    }
    if (!isFlag(arg)) {
      scan.operands.push(arg);
      continue;
    }
    const next = args[index + 1];
    const following = next === undefined || isFlag(next) ? undefined : next;
    if (scanOption(scan, options, arg, following)) index += 1;
  }
  return scan;
}

/** Takes one option in; answers whether the argument that follows was its value. */
function scanOption(
  scan: Scan,
  options: readonly Option[],
  arg: string,
  following: string | undefined,
): boolean {
  const [flag, inline] = splitFlag(arg);
  const option = options.find((each) => each.long === flag || each.short === flag);
  const usesFollowing = inline === undefined && following !== undefined;
  if (option === undefined) {
    scan.unknownSeen = true;
    scan.problems.push(describeUnknown(flag, options));
    return usesFollowing;
  }
  if (!option.required && !option.optional) {
    if (inline !== undefined) scan.problems.push(`${flag}: takes no value (got ${inline})`);
    scan.typed[option.attributeName()] = true;
    return false;
  }
  const value = inline ?? following;
  const name = option.attributeName();
  if (value) scan.typed[name] = option.variadic ? [scan.typed[name] ?? [], value].flat() : value;
  else scan.problems.push(`${flag}: needs a value`);
  return usesFollowing;
}

function findOperandProblems(command: Command, scan: Scan): readonly string[] {
  const declared = command.registeredArguments;
  const missing = declared
    .slice(scan.operands.length)
    .filter((argument) => argument.required)
    .map((argument) => `<${argument.name()}>: is missing`);
  if (scan.unknownSeen || declared.at(-1)?.variadic) return missing;
  const excess = scan.operands.slice(declared.length);
  return [...missing, ...excess.map((operand) => `${operand}: is not expected`)];
}

/** A dash and then anything but a number. */
function isFlag(arg: string): boolean {
  return /^-[^\d.]/.test(arg);
}

function splitFlag(arg: string): [flag: string, inline: string | undefined] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function describeUnknown(flag: string, options: readonly Option[]): string {
  const known = options.flatMap((option) => option.long ?? []);
  const near = nearest(flag, [...known, '--help']);
  return `${flag}: unknown option${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}
