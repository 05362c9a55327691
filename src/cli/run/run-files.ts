/** The course of `cutover run`: every file is read before anything starts, then one experiment after the other. */

import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { exitCodeOfRun } from '../../conclude-run.ts';
import type { Site } from '../../course/site.ts';
import { partOf, wholeLab } from '../../course/site.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import { loadExperiment } from '../../experiment/load.ts';
import { makeManifest } from '../../history/manifest.ts';
import type { Lab, LabSpec, Platform } from '../../platform/platform.ts';
import { runExperiment } from '../../run.ts';
import type { CommandContext } from '../command-context.ts';
import { ExpectedError } from '../expected-error.ts';
import { createLiveView } from '../live/live-view.ts';
import type { Place } from '../place-options.ts';
import { bringUp } from '../up/start-lab.ts';
import { describeAnswer } from '../verify/answer-text.ts';
import { componentVersions } from './component-versions.ts';

/** Options of the command, complete. */
export interface RunCommandOptions extends Place {
  /** Name of the lab. */
  readonly name: string;
  /** Folder that the runs are in. */
  readonly runs: string;
  readonly asExpected?: boolean;
  /** Runs all experiments on one lab. */
  readonly oneLab?: boolean;
  readonly json?: boolean;
}

const clone = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs the experiments of the files; answers the exit code. */
export async function runFiles(
  context: CommandContext,
  files: readonly string[],
  options: RunCommandOptions,
): Promise<number> {
  const experiments = await loadAll(files);
  const platform = await context.openPlatform(options);
  const missing = experiments.flatMap(({ name, brokers }) =>
    brokers === 3 && !platform.capabilities.has('three-brokers') ? [name] : [],
  );
  if (!platform.capabilities.has('route') || missing.length > 0) {
    const what = missing.length > 0 ? `run three brokers (${missing.join(', ')})` : 'route readers';
    throw new ExpectedError(
      'CANNOT_RUN',
      `the platform ${platform.name} cannot ${what}. Mend: choose another with --platform`,
    );
  }
  await using ending = new AsyncDisposableStack();
  const shared = options.oneLab ? await bringUpFor(context, platform, experiments, options) : null;
  if (shared !== null) ending.defer(() => shared.down());
  let worst = 0;
  for (const [index, experiment] of experiments.entries()) {
    const spec = labSpecOf(experiment, options.name);
    const open =
      shared === null
        ? async () =>
            wholeLab(await bringUp(platform, spec, context.terminal, context.interrupt), spec)
        : () => partOf(shared, spec, spec.run.runId);
    const place = { platform: platform.name, spec, open };
    const code = await runOne(context, place, experiment, files[index] ?? '', options);
    worst = worseOf(worst, code);
  }
  return worst;
}

/** A lab that all of them can share; refuses those that ask for different ones. */
async function bringUpFor(
  { terminal, interrupt }: CommandContext,
  platform: Platform,
  experiments: readonly Experiment[],
  { name }: RunCommandOptions,
): Promise<Lab> {
  const [first, ...others] = experiments.map((experiment) => labSpecOf(experiment, name));
  if (first === undefined) throw new Error('no experiment was given');
  const shape = ({ brokers, partitions, run: { seed, order } }: LabSpec): string =>
    `${brokers} brokers, ${partitions} partitions, seed ${seed}, ${order}`;
  const differing = [...new Set([first, ...others].map(shape))];
  if (differing.length > 1) {
    const message = `the experiments ask for different labs (${differing.join('; ')})`;
    throw new ExpectedError('CANNOT_RUN', `${message}. Mend: leave out --one-lab`);
  }
  return bringUp(platform, { ...first, run: { ...first.run, runId: name } }, terminal, interrupt);
}

/** Where one experiment has its place. */
interface RunPlace {
  /** Name of the platform. */
  readonly platform: string;
  readonly spec: LabSpec;
  readonly open: () => Promise<Site>;
}

/** All problems of all files at once. */
async function loadAll(files: readonly string[]): Promise<readonly Experiment[]> {
  const loaded = await Promise.allSettled(files.map((file) => loadExperiment(file)));
  const failed = loaded.filter((each) => each.status === 'rejected').map(({ reason }) => reason);
  if (failed.length > 0) throw new AggregateError(failed, 'experiment files cannot be used');
  return loaded.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

async function runOne(
  { terminal, interrupt }: CommandContext,
  { platform, spec, open }: RunPlace,
  experiment: Experiment,
  file: string,
  options: RunCommandOptions,
): Promise<number> {
  terminal.note(`\n${experiment.question}`);
  const given = {
    ...{ name: experiment.name, seed: experiment.workload.seed, runId: spec.run.runId },
    ...{ platform, versions: componentVersions(platform) },
    replay: `npx cutover run ${file}`,
  };
  let view: ReturnType<typeof createLiveView> | undefined;
  const json = options.json === true;
  try {
    const { verdict, report, folder } = await runExperiment(experiment, {
      ...{ interrupt, open, runs: options.runs, manifest: await makeManifest(given, clone) },
      event(event) {
        view ??= createLiveView(terminal, { title: experiment.name, json });
        view.event(event);
      },
      says: (what) => terminal.note(`${experiment.name}: ${what}`),
    });
    view?.close();
    if (json) terminal.result(JSON.stringify({ kind: 'answer', folder, report, ...verdict }));
    else {
      for (const line of describeAnswer(verdict, terminal.colour)) terminal.result(line);
      terminal.result(`  report     ${report}`);
    }
    if (options.asExpected !== true) return exitCodeOfRun(verdict);
    return verdict.asExpected ? 0 : 1;
  } finally {
    view?.close();
  }
}

/** The lab of an experiment, with a run of its own. */
export function labSpecOf({ brokers, workload, name }: Experiment, lab: string): LabSpec {
  const { skus, seed, order, partitions } = workload;
  const runId = `${name}-${randomBytes(3).toString('hex')}`;
  return { name: lab, brokers, partitions, external: {}, run: { runId, seed, skus, order } };
}

/** 1 is worse than 2, and 2 than 0. */
function worseOf(a: number, b: number): number {
  return [1, 2, 0].find((code) => code === a || code === b) ?? 0;
}
