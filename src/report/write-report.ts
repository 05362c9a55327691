/** Writes what people and machines read of a run: `verdict.json`, `junit.xml` and `report.html`. */

import { join } from 'node:path';
import { runFiles, writeWhole } from '../history/run-folder.ts';
import type { ReadProblem, SavedRun } from '../history/saved-run.ts';
import { junitOf } from './junit.ts';
import { reportPage } from './report-page.ts';

/** Paths of what was written; `junit` is null where the run is not judged. */
export interface WrittenReport {
  readonly html: string;
  readonly junit: string | null;
}

/** Writes the files into the run's folder, in place of earlier ones. */
export async function writeReport(
  folder: string,
  run: SavedRun,
  problems: readonly ReadProblem[] = [],
): Promise<WrittenReport> {
  const at = (file: string) => join(folder, file);
  const { verdict, experiment } = run;
  const html = at(runFiles.report);
  await writeWhole(html, reportPage(run, problems));
  if (verdict === null) return { html, junit: null };
  const name = experiment?.name ?? 'run';
  await writeWhole(at(runFiles.verdict), `${JSON.stringify(verdict, null, 2)}\n`);
  await writeWhole(at(runFiles.junit), junitOf(run, verdict, name));
  return { html, junit: at(runFiles.junit) };
}
