/** The whole course of an experiment on one page: predict, bring up, let earlier versions write, upgrade while data flow, save, judge, report. */

import { judgeRun } from './checker/verdict.ts';
import { concludeRun } from './conclude-run.ts';
import { applicationAt, skusOf } from './course/application.ts';
import { bake, countedBy } from './course/bake.ts';
import { handsOn } from './course/hands.ts';
import { Observer } from './course/observer.ts';
import { setModes } from './course/registry.ts';
import { rewind } from './course/rewind.ts';
import { replaceAll } from './course/stop-all.ts';
import { carryOut } from './course/upgrade.ts';
import type { Experiment } from './experiment/experiment.ts';
import { predict } from './experiment/planner/predict.ts';
import type { Manifest } from './history/manifest.ts';
import { createRunFolder } from './history/run-folder.ts';
import type { RunVerdict } from './history/saved-run.ts';
import type { TimelineEvent } from './history/timeline.ts';
import type { Lab, LabSpec, Platform, Progress } from './platform/platform.ts';
import { writeReport } from './report/write-report.ts';
import { assignSkus } from './strategy/assign-skus.ts';
import type { Serving } from './strategy/strategy.ts';
import { verifyLive } from './verify-live.ts';

/** Where and how to run. */
export interface RunOptions {
  readonly platform: Platform;
  readonly spec: LabSpec;
  /** Folder that the runs are in. */
  readonly runs: string;
  readonly manifest: Manifest;
  readonly interrupt: AbortSignal;
  readonly progress: (progress: Progress) => void;
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

/** Runs one experiment on a lab of its own, which is gone at the end; rejects when interrupted. */
export async function runExperiment(experiment: Experiment, options: RunOptions): Promise<RunEnd> {
  const prediction = predict(experiment);
  const folder = await createRunFolder(options.runs, experiment.name, new Date());
  await folder.write('experiment', experiment);
  await folder.write('prediction', prediction);
  await folder.write('manifest', options.manifest);
  const lab = await options.platform.up(options.spec, options.progress);
  const observer = new Observer(lab, {
    event(event) {
      folder.event(event);
      options.event(event);
    },
    stateCall: (call) => folder.stateCall(call),
  });
  try {
    options.interrupt.throwIfAborted();
    const readers = await drive(experiment, lab, observer, options);
    options.says('saving what was seen, and judging it');
    const { timeline, stateCalls } = observer;
    const live = { ...lab, deployments: await lab.deployments() };
    const { history } = await verifyLive(live, {
      ...{ readers, timeoutMs: 60_000, signal: options.interrupt },
      recorded: () => ({ timeline, stateCalls }),
      keep: (history) => folder.write('history', history),
    });
    await observer.end();
    folder.close();
    const check = judgeRun({ history, timeline, stateCalls });
    const verdict = concludeRun({ experiment, prediction, timeline }, check);
    await folder.write('verdict', verdict);
    const { manifest } = options;
    const saved = { experiment, prediction, manifest, timeline, stateCalls, history, verdict };
    const { html } = await writeReport(folder.path, saved);
    return { folder: folder.path, report: html, verdict };
  } finally {
    await observer.end();
    folder.close();
    await lab.down();
  }
}

/** From nothing to the last record counted; answers the names of the deployments that readers reach. */
async function drive(
  experiment: Experiment,
  lab: Lab,
  observer: Observer,
  { interrupt, spec, says }: RunOptions,
): Promise<readonly string[]> {
  const { registry } = lab.addresses;
  const hands = handsOn(lab, experiment, observer, spec);
  const serves = (serving: Serving) => observer.serve(serving);
  const parts = { experiment, observer, hands, registry, interrupt, serves };
  await setModes(registry, 'NONE');
  await observer.begin();
  let serving = await begin(experiment, lab, parts, says);
  await setModes(registry, experiment.compatibility);
  observer.probe();
  says(`${experiment.start} serves; data flow`);
  await bake(observer, experiment.upgrades[0]?.bakeRecords ?? 0, interrupt);
  for (const [number, upgrade] of experiment.upgrades.entries()) {
    const end = await carryOut(parts, upgrade, number, serving);
    serving = end.serving;
    if (end.outcome !== 'promoted') break;
  }
  says('data flow on under what serves now');
  const { records } = experiment.workload;
  const more = experiment.upgrades.at(-1)?.bakeRecords ?? 0;
  await bake(observer, Math.max(more, records - countedBy(observer)), interrupt);
  if (experiment.afterwards === 'rewind') serving = await rewind(parts, serving);
  for (const { spec: each } of await lab.deployments()) {
    if (each.role === 'generator') await assignSkus(hands, each.name, []);
  }
  return [serving.stats.name];
}

/** Starts the application at the oldest version and replaces it until the one that the upgrades begin with serves. */
async function begin(
  experiment: Experiment,
  lab: Lab,
  parts: Parameters<typeof replaceAll>[0] & { serves: (serving: Serving) => void },
  says: (what: string) => void,
): Promise<Serving> {
  const [oldest = { version: experiment.start, records: 0 }] = experiment.before;
  const epoch = Math.floor(Date.now() / 1000);
  let serving = applicationAt(oldest.version, experiment, lab.run, epoch);
  await Promise.all(Object.values(serving).map((each) => lab.deploy(each)));
  parts.serves(serving);
  for (const [index, { version, records }] of experiment.before.entries()) {
    says(`${version} writes ${records} records`);
    await bake(
      parts.observer,
      records - (index === 0 ? countedBy(parts.observer) : 0),
      parts.interrupt,
    );
    const to = experiment.before[index + 1]?.version ?? experiment.start;
    const plain = { to, build: 'good', order: 'consumers-first' } as const;
    serving = await replaceAll(parts, serving, plain);
    parts.serves(serving);
  }
  await assignSkus(parts.hands, serving.generator.name, skusOf(lab.run));
  return serving;
}
