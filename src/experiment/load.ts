/** Loads an experiment from its file. */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Experiment } from './experiment.ts';
import { ExperimentFileError } from './experiment-file-error.ts';
import { validateExperiment } from './validate.ts';

/** Reads and checks a file; throws `ExperimentFileError` with everything that is wrong with it. */
export async function loadExperiment(path: string): Promise<Experiment> {
  const name = basename(path).replace(/\.ya?ml$/, '');
  const { experiment, problems } = validateExperiment(name, await read(path));
  if (experiment === undefined) throw new ExperimentFileError(path, problems);
  return experiment;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `cannot be read: ${reason}`;
    throw new ExperimentFileError(path, [{ line: 1, column: 1, message }], { cause });
  }
}
