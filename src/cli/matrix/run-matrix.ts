/** The course of `cutover matrix`: choose cells, predict them, run what must be run, keep each result at once, and show all. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partOf } from '../../course/site.ts';
import type { Cell } from '../../experiment/planner/cells.ts';
import { allCells } from '../../experiment/planner/cells.ts';
import { makeManifest } from '../../history/manifest.ts';
import type { CellResult } from '../../matrix/cell-result.ts';
import { cellsFile, keepResult, readResults } from '../../matrix/cell-result.ts';
import { deriveCells } from '../../matrix/derive-cells.ts';
import { exitCodeOfMatrix } from '../../matrix/exit-code.ts';
import { matrixShape } from '../../matrix/matrix-experiment.ts';
import type { MatrixProgress } from '../../matrix.ts';
import { cellsToRun, observeCells } from '../../matrix.ts';
import type { Lab, LabSpec } from '../../platform/platform.ts';
import { matrixPage } from '../../report/matrix-page.ts';
import type { RunEnd } from '../../run.ts';
import { runExperiment } from '../../run.ts';
import type { CommandContext } from '../command-context.ts';
import { ExpectedError } from '../expected-error.ts';
import { componentVersions } from '../run/component-versions.ts';
import { labSpecOf } from '../run/run-files.ts';
import { bringUp } from '../up/start-lab.ts';
import type { MatrixOptions } from './matrix-options.ts';
import { matrixTable } from './matrix-table.ts';
import { isSelected, readOnly } from './only.ts';

const clone = fileURLToPath(new URL('../../..', import.meta.url));

/** Shows the matrix; answers the exit code. */
export async function runMatrix(context: CommandContext, options: MatrixOptions): Promise<number> {
  const { terminal } = context;
  const { selection } = readOnly(options.only ?? []);
  const chosen = allCells().filter((cell) =>
    isSelected(selection, { ...cell, mode: cell.compatibility }),
  );
  const results = options.predict === true ? [] : await observeAll(context, chosen, options);
  const cells = deriveCells(chosen, results);
  if (options.html !== undefined) {
    await writeFile(options.html, matrixPage(cells, 'cutover matrix'));
    terminal.note(`the page is ${options.html}`);
  }
  if (options.json === true) terminal.result(JSON.stringify({ cells }));
  else for (const line of matrixTable(cells)) terminal.result(line);
  return exitCodeOfMatrix(cells);
}

async function observeAll(
  context: CommandContext,
  cells: readonly Cell[],
  options: MatrixOptions,
): Promise<readonly CellResult[]> {
  const { terminal, interrupt } = context;
  const { records } = options;
  const earlier = await resumed(context, options);
  const known = new Set(earlier.map(({ key }) => key));
  if ([...cellsToRun(cells).keys()].every((key) => known.has(key))) {
    terminal.note(`every run is in ${options.resume} already`);
    return earlier;
  }
  const platform = await context.openPlatform(options);
  if (!platform.capabilities.has('route')) {
    const mend = 'Mend: choose another with --platform';
    throw new ExpectedError(
      'CANNOT_RUN',
      `the platform ${platform.name} cannot route readers. ${mend}`,
    );
  }
  const folder = options.resume ?? (await newFolder(options.runs));
  const runs = cellsToRun(cells).size;
  terminal.note(`${cells.length} cells, ${runs} runs; results are kept in ${folder}`);
  try {
    await using ending = new AsyncDisposableStack();
    const lab = await bringUp(platform, matrixLab(options.name), terminal, interrupt);
    ending.defer(() => lab.down());
    return await observeCells(cells, {
      ...{ records, earlier, interrupt },
      run: (experiment, cell) => runCell(context, { lab, folder, options }, experiment, cell),
      async keep(result, progress) {
        await keepResult(folder, result);
        terminal.note(describeResult(result, progress));
      },
    });
  } catch (error) {
    terminal.note(`it broke off. Go on with npx cutover matrix --resume ${folder}`);
    throw error;
  }
}

/** Where a matrix runs, and where its runs are saved. */
interface Surroundings {
  readonly lab: Lab;
  readonly folder: string;
  readonly options: MatrixOptions;
}

async function runCell(
  { terminal, interrupt }: CommandContext,
  { lab, folder, options }: Surroundings,
  experiment: Parameters<typeof runExperiment>[0],
  { id, pair, strategy, order, compatibility, style }: Cell,
): Promise<RunEnd> {
  const spec = labSpecOf(experiment, options.name);
  const only = `pair=${pair},strategy=${strategy},order=${order},mode=${compatibility},style=${style}`;
  const manifest = await makeManifest(
    {
      ...{ name: experiment.name, seed: experiment.workload.seed, runId: spec.run.runId },
      ...{ platform: lab.platform, versions: componentVersions(lab.platform) },
      replay: `npx cutover matrix --only ${only} --records ${options.records}`,
    },
    clone,
  );
  const live = (what: string) => terminal.live(`… ${id}: ${what}`);
  return await runExperiment(experiment, {
    ...{ interrupt, manifest, runs: folder },
    open: () => partOf(lab, spec, spec.run.runId),
    event(event) {
      if (event.kind === 'step') live(event.title);
    },
    says: live,
  });
}

/** The lab that all cells share; each has topics, groups and namespaces of its own on it. */
function matrixLab(name: string): LabSpec {
  const run = { runId: 'matrix', seed: 1, skus: matrixShape.skus, order: 'chronological' } as const;
  return { name, brokers: 1, partitions: matrixShape.partitions, external: {}, run };
}

async function resumed(
  { terminal }: CommandContext,
  { resume, records }: MatrixOptions,
): Promise<readonly CellResult[]> {
  if (resume === undefined) return [];
  try {
    const { results, problems } = await readResults(resume, records);
    for (const problem of problems) terminal.note(problem);
    return results;
  } catch (cause) {
    const mend = 'Mend: see which there are with ls -d runs/matrix-*, or leave out --resume';
    const message = `there is no ${cellsFile} in ${resume}. ${mend}`;
    throw new ExpectedError('NO_RUN', message, { cause });
  }
}

async function newFolder(runs: string): Promise<string> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  const folder = join(runs, `matrix-${stamp}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, cellsFile), '');
  return folder;
}

function describeResult(
  { cell, refused, data, seconds }: CellResult,
  { done, of, secondsLeft }: MatrixProgress,
): string {
  const left = done === of ? '' : `; about ${Math.ceil(secondsLeft / 60)} min left`;
  const seen = refused ? 'refused' : data;
  return `${done}/${of} ${cell}: ${seen} (${Math.round(seconds)} s${left})`;
}
