/** Reads a run's folder back: everything that can be read, and what cannot, with file and line. */

import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readJsonLines } from './json-lines.ts';
import type { WholePart } from './run-folder.ts';
import { runFiles } from './run-folder.ts';
import type { ReadProblem, SavedRun } from './saved-run.ts';

/** A run as it was read. */
export interface ReadRun extends SavedRun {
  readonly folder: string;
  readonly problems: readonly ReadProblem[];
}

/** The folder is none of a run; the message says why and what there is instead. */
export class RunFolderError extends Error {
  override readonly name = 'RunFolderError';
}

/** Parts that a run has from its beginning, and those that it may still lack. */
const needed: readonly WholePart[] = ['experiment', 'prediction', 'manifest', 'history'];

/** Reads every part that can be read; rejects with `RunFolderError` where the folder holds nothing of a run. */
export async function readRun(folder: string): Promise<ReadRun> {
  const names = await listFolder(folder);
  if (!Object.values(runFiles).some((file) => names.includes(file))) {
    throw new RunFolderError(
      `${folder} holds no run: none of ${Object.values(runFiles).join(', ')}`,
    );
  }
  const problems: ReadProblem[] = [];
  const whole = async <Part extends WholePart>(part: Part) =>
    (await readWhole(folder, part, names, problems)) as SavedRun[Part];
  const lines = async <Value>(file: string): Promise<readonly Value[]> => {
    if (!names.includes(file)) return missing(problems, file, []);
    const { values, problems: found } = await readJsonLines<Value>(join(folder, file));
    problems.push(...found);
    return values;
  };
  return {
    folder,
    experiment: await whole('experiment'),
    prediction: await whole('prediction'),
    manifest: await whole('manifest'),
    timeline: await lines(runFiles.timeline),
    stateCalls: await lines(runFiles.stateCalls),
    history: await whole('history'),
    verdict: await whole('verdict'),
    problems,
  };
}

/** A problem as a line, e.g. `timeline.jsonl, line 812: is cut off`. */
export function describeProblem({ file, line, message }: ReadProblem): string {
  return line === null ? `${file}: ${message}` : `${file}, line ${line}: ${message}`;
}

/** Folder of the run that a person means: its path, `latest`, or how its name begins with or without the time. */
export async function findRun(root: string, run: string): Promise<string> {
  if (await isFolder(run)) return run;
  const entries = await readdir(root, { withFileTypes: true }).catch((): Dirent[] => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const runs = names.filter((name) => /^\d{8}T\d{6}-/.test(name)).sort();
  const found = run === 'latest' ? runs.slice(-1) : runs.filter((name) => isMeant(name, run));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return join(root, only);
  if (runs.length === 0) throw new RunFolderError(`there is no run ${run}, and none in ${root}`);
  if (only === undefined) {
    const last = runs.slice(-3).join(', ');
    throw new RunFolderError(`there is no run ${run} in ${root}; the latest are ${last}`);
  }
  throw new RunFolderError(`${run} could be ${found.slice(-5).join(', ')}; name one of them`);
}

function isMeant(name: string, run: string): boolean {
  const [, withoutTime = ''] = /^\d{8}T\d{6}-(.*)$/.exec(name) ?? [];
  return name.startsWith(basename(run)) || withoutTime.startsWith(run);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RunFolderError(`cannot list ${folder}: ${reason}`, { cause });
  }
}

async function readWhole(
  folder: string,
  part: WholePart,
  names: readonly string[],
  problems: ReadProblem[],
): Promise<unknown> {
  const file = runFiles[part];
  if (!names.includes(file)) {
    return needed.includes(part) ? missing(problems, file, null) : null;
  }
  try {
    const value = JSON.parse(await readFile(join(folder, file), 'utf8')) as { format?: unknown };
    const hasFormat = part === 'manifest' || part === 'history' || part === 'verdict';
    if (!hasFormat || value.format === 1) return value;
    throw new Error(`is of format ${String(value.format)}, not 1`);
  } catch (error) {
    problems.push({
      file,
      line: null,
      message: error instanceof Error ? error.message : String(error),
    });
    return null;
  }
}

function missing<Value>(problems: ReadProblem[], file: string, instead: Value): Value {
  problems.push({ file, line: null, message: 'is missing: the run ended before it was written' });
  return instead;
}
