/** The whole course of an experiment on one page: predict, bring up, let earlier versions write, upgrade while data flow, save, judge, report. */

import { foldLog } from './checker/fold-log.ts';
import { judgeRun } from './checker/verdict.ts';
import { concludeRun } from './conclude-run.ts';
import { untilAnswered } from './course/answered.ts';
import { applicationAt } from './course/application.ts';
import { bake, countedBy, UndecidedError } from './course/bake.ts';
import { handsOn } from './course/hands.ts';
import { unlessAborted } from './course/interrupt.ts';
import { Observer } from './course/observer.ts';
import { openRegistry } from './course/registry.ts';
import { rewind } from './course/rewind.ts';
import type { Site } from './course/site.ts';
import { replaceAll } from './course/stop-all.ts';
import { carryOut, decide } from './course/upgrade.ts';
import type { UpgradeParts } from './course/upgrade-parts.ts';
import type { Experiment } from './experiment/experiment.ts';
import { predict } from './experiment/planner/predict.ts';
import { collectHistory } from './history/collect.ts';
import type { Manifest } from './history/manifest.ts';
import { createRunFolder } from './history/run-folder.ts';
import type { RunVerdict } from './history/saved-run.ts';
import type { TimelineEvent } from './history/timeline.ts';
import { writeReport } from './report/write-report.ts';
import { assignSkus } from './strategy/assign-skus.ts';
import type { Serving } from './strategy/strategy.ts';
import { sourcesOf } from './verify-live.ts';

/** Where and how to run. */
export interface RunOptions {
  /** Opens the place that the experiment has to itself; it is left at the end. */
  readonly open: () => Promise<Site>;
  /** Folder that the runs are in. */
  readonly runs: string;
  readonly manifest: Manifest;
  readonly interrupt: AbortSignal;
  readonly event: (event: TimelineEvent) => void;
  /** Told what is done before and after the upgrades. */
  readonly says: (what: string) => void;
}

/** What came out. */
export interface RunEnd {
  readonly folder: string;
  readonly report: string;
  readonly verdict: RunVerdict;
}

/** An upgrade's parts, and the experiment that it belongs to. */
type CourseParts = UpgradeParts & { readonly experiment: Experiment };

const DRAIN_MS = 60_000;

/** Runs one experiment, of which nothing runs at the end; rejects when interrupted. */
export async function runExperiment(experiment: Experiment, options: RunOptions): Promise<RunEnd> {
  const { manifest, interrupt } = options;
  const prediction = predict(experiment);
  const folder = await createRunFolder(options.runs, experiment.name, new Date());
  await folder.write('experiment', experiment);
  await folder.write('prediction', prediction);
  await folder.write('manifest', manifest);
  await using ending = new AsyncDisposableStack();
  const site = await options.open();
  ending.defer(() => site.leave());
  ending.defer(async () => folder.close());
  const observer = new Observer(site, {
    event(event) {
      folder.event(event);
      options.event(event);
    },
    stateCall: (call) => folder.stateCall(call),
  });
  ending.defer(() => observer.end());
  await unlessAborted(drive(experiment, site, observer, options), interrupt);
  options.says('saving what was seen, and judging it');
  const { lab, run } = site;
  const application = { addresses: lab.addresses, run, deployments: await lab.deployments() };
  const history = await collectHistory(
    sourcesOf(application, observer.readers()),
    { timeoutMs: DRAIN_MS, whileProducing: false, signal: interrupt },
    foldLog,
  );
  await folder.write('history', history);
  await observer.end();
  folder.close();
  const { timeline, stateCalls } = observer;
  const check = judgeRun({ history, timeline, stateCalls });
  const verdict = concludeRun({ experiment, prediction, timeline }, check);
  await folder.write('verdict', verdict);
  const saved = { experiment, prediction, manifest, timeline, stateCalls, history, verdict };
  const { html } = await writeReport(folder.path, saved);
  return { folder: folder.path, report: html, verdict };
}

/** From nothing to the last record produced; what cannot be decided ends it early. */
async function drive(
  experiment: Experiment,
  site: Site,
  observer: Observer,
  { interrupt, says }: RunOptions,
): Promise<void> {
  const { lab } = site;
  const parts: CourseParts = {
    ...{ experiment, observer, interrupt },
    hands: handsOn(site, observer, interrupt),
    registry: openRegistry(lab.addresses.registry, observer.live.names),
    serves: (serving) => observer.serve(serving),
  };
  await observer.begin();
  try {
    const serving = await begin(parts, site, says);
    says(`${experiment.start} serves; data flow`);
    await upgradeAll(parts, serving, says);
  } catch (error) {
    if (!(error instanceof UndecidedError)) throw error;
    decide(parts, 'pause', error.message);
  }
  const generators = (await lab.deployments()).filter(({ spec }) => spec.role === 'generator');
  for (const { spec } of generators) await assignSkus(parts.hands, spec.name, []);
}

/** Starts the application at the oldest version and replaces it until the one that the upgrades begin with serves. */
async function begin(
  parts: CourseParts,
  site: Site,
  says: (what: string) => void,
): Promise<Serving> {
  const { experiment, observer, interrupt, registry, serves } = parts;
  await registry.setMode('NONE');
  const [oldest = { version: experiment.start, records: 0 }] = experiment.before;
  const epoch = Math.floor(Date.now() / 1000);
  let serving = applicationAt(oldest.version, experiment, site, epoch);
  await Promise.all(Object.values(serving).map((each) => site.lab.deploy(each)));
  await parts.hands.lab.route({ [serving.stats.name]: 100 });
  serves(serving);
  for (const [index, { version, records }] of experiment.before.entries()) {
    says(`${version} writes ${records} records`);
    await bake(observer, records - (index === 0 ? countedBy(observer) : 0), interrupt);
    const to = experiment.before[index + 1]?.version ?? experiment.start;
    serving = await replaceAll(parts, serving, { to, build: 'good' });
    serves(serving);
  }
  await registry.setMode(experiment.compatibility);
  await untilAnswered(site.lab.addresses.rest, interrupt);
  observer.probe();
  return serving;
}

/** One upgrade after the other until one is not promoted, then what comes afterwards. */
async function upgradeAll(
  parts: CourseParts,
  from: Serving,
  says: (what: string) => void,
): Promise<void> {
  const { experiment, observer, interrupt } = parts;
  let serving = from;
  await bake(observer, experiment.upgrades[0]?.bakeRecords ?? 0, interrupt);
  for (const [number, upgrade] of experiment.upgrades.entries()) {
    const end = await carryOut(parts, upgrade, number, serving);
    serving = end.serving;
    // Whoever looks finds it as it was when nobody could decide.
    if (end.outcome === 'paused') return;
    if (end.outcome !== 'promoted') break;
  }
  says('data flow on under what serves now');
  const more = experiment.upgrades.at(-1)?.bakeRecords ?? 0;
  const missing = experiment.workload.records - countedBy(observer);
  await bake(observer, Math.max(more, missing), interrupt);
  if (experiment.afterwards === 'rewind') await rewind(parts, serving);
}
