/** Judges a saved run again: its history, and with the experiment, the prediction and the timeline the answer to its question. */

import { readFile, stat } from 'node:fs/promises';
import type { JudgeOptions } from '../../checker/invariant.ts';
import type { Verdict } from '../../checker/verdict.ts';
import { judgeHistory, judgeRun } from '../../checker/verdict.ts';
import { concludeRun } from '../../conclude-run.ts';
import type { History } from '../../history/history.ts';
import type { ReadRun } from '../../history/read-run.ts';
import { describeProblem, findRun, RunFolderError, readRun } from '../../history/read-run.ts';
import type { RunVerdict } from '../../history/saved-run.ts';
import { ExpectedError } from '../expected-error.ts';

/** What was made of a saved run; `answer` is null where only a history was saved. */
export interface SavedJudgement {
  readonly check: Verdict;
  readonly answer: RunVerdict | null;
}

/** Folder that runs are saved to, in the folder in which a command is typed. */
export const runsFolder = 'runs';

/** Reads the run that a person names: a folder, the beginning of its name in `runs`, or `latest`. */
export async function readNamedRun(name: string, runs: string): Promise<ReadRun> {
  try {
    return await readRun(await findRun(runs, name));
  } catch (cause) {
    if (!(cause instanceof RunFolderError)) throw cause;
    const mend = 'Mend: see which there are with ls, or make one with npx cutover run';
    throw new ExpectedError('NO_RUN', `cannot read the run ${name}: ${cause.message}. ${mend}`, {
      cause,
    });
  }
}

/** Judges a run; `tell` gets what of it could not be read. Rejects where it has no history. */
export function judgeRead(
  run: ReadRun,
  options: JudgeOptions,
  tell: (problem: string) => void,
): SavedJudgement {
  const { experiment, prediction, timeline, stateCalls, history } = run;
  const isHistoryOnly = experiment === null && prediction === null && timeline.length === 0;
  for (const problem of run.problems) {
    if (!isHistoryOnly || problem.file === 'history.json') tell(describeProblem(problem));
  }
  if (history === null) {
    const why = run.problems.find(({ file }) => file === 'history.json')?.message ?? '';
    throw noHistory(run.folder, `history.json ${why}`);
  }
  const recorded = <Part>(part: readonly Part[]) => (part.length > 0 ? part : undefined);
  const check = judgeRun(
    { history, timeline: recorded(timeline), stateCalls: recorded(stateCalls) },
    options,
  );
  const canAnswer = experiment !== null && prediction !== null;
  return {
    check,
    answer: canAnswer ? concludeRun({ experiment, prediction, timeline }, check) : null,
  };
}

/** Judges a history file, or a run by its folder or name. */
export async function judgeSaved(
  name: string,
  options: JudgeOptions,
  tell: (problem: string) => void,
): Promise<SavedJudgement> {
  const isFile = await stat(name).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) return judgeRead(await readNamedRun(name, runsFolder), options, tell);
  return { check: judgeHistory(await readHistory(name), options), answer: null };
}

async function readHistory(path: string): Promise<History> {
  try {
    const history = JSON.parse(await readFile(path, 'utf8')) as History;
    if (history.format === 1) return history;
    throw new Error('it is no history of format 1');
  } catch (cause) {
    throw noHistory(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function noHistory(run: string, reason: string, cause?: unknown): ExpectedError {
  const mend = 'Mend: save one with npx cutover verify --live --save run.json';
  const message = `cannot read the run ${run}: ${reason}. ${mend}`;
  return new ExpectedError('NO_HISTORY', message, cause === undefined ? {} : { cause });
}
