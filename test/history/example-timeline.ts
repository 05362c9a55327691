/** A made-up timeline of a canary from v1 to v2, for tests and pictures: steps, samples each half second, probes, gates, decisions. */

import type {
  DeploymentSample,
  ProbeSample,
  Sample,
  StepEvent,
  TimelineEvent,
} from '../../src/history/timeline.ts';
import type { Role } from '../../src/platform/platform.ts';

/** How the made-up run goes. */
export interface ExampleCourse {
  /** Takes the rollout back in the step that gives the Back End 50 %. Default false. */
  readonly rolledBack?: boolean;
  /** Ends without a word from the gate `lag` in that step, paused. Default false. */
  readonly paused?: boolean;
  /** A fault in between. Default false. */
  readonly fault?: boolean;
}

interface Part {
  readonly fromMs: number;
  readonly toMs: number;
  readonly service: Role | null;
  /** Version that the step is about. */
  readonly to: string;
  readonly share: number | null;
  readonly title: string;
  /** Percent of v2 while it lasts, by service. */
  readonly stats: number;
  readonly backEnd: number;
  readonly generator: number;
}

const PARTITIONS = 6;
const RATE = 8_000;
const EVERY_MS = 500;

const part = (
  fromMs: number,
  service: Role | null,
  share: number | null,
  title: string,
  [stats, backEnd, generator]: readonly [number, number, number],
  to = 'v2',
): Part => ({ fromMs, toMs: fromMs + 4_000, service, to, share, title, stats, backEnd, generator });

const forward: readonly Part[] = [
  part(0, null, null, 'v1 runs, and leaves records in the log', [0, 0, 0]),
  part(4_000, 'stats', 25, 'stats: 25 % of the readers to v2', [25, 0, 0]),
  part(8_000, 'stats', 100, 'stats: all readers to v2', [100, 0, 0]),
  part(12_000, 'back-end', 25, 'back end: 25 % of the partitions to v2', [100, 33, 0]),
  part(16_000, 'back-end', 50, 'back end: 50 % of the partitions to v2', [100, 50, 0]),
  part(20_000, 'back-end', 100, 'back end: all partitions to v2', [100, 100, 0]),
  part(24_000, 'generator', 25, 'generator: 25 % of the SKUs to v2', [100, 100, 25]),
  part(28_000, 'generator', 100, 'generator: all SKUs to v2', [100, 100, 100]),
  part(32_000, null, null, 'drain: everything is counted and shown', [100, 100, 100]),
];

const backward: readonly Part[] = [
  part(20_000, 'back-end', 100, 'back end: all partitions back to v1', [100, 0, 0], 'v1'),
  part(24_000, 'stats', 100, 'stats: all readers back to v1', [0, 0, 0], 'v1'),
  part(28_000, null, null, 'drain: everything is counted and shown', [0, 0, 0], 'v1'),
];

/** The events, in the order of their time. */
export function exampleTimeline(course: ExampleCourse = {}): readonly TimelineEvent[] {
  const { rolledBack = false, paused = false } = course;
  const parts = paused
    ? forward.slice(0, 5)
    : rolledBack
      ? [...forward.slice(0, 5), ...backward]
      : forward;
  const events = [...parts.flatMap(stepEvents), ...measurements(parts), ...words(course)];
  return events.toSorted((a, b) => a.atMs - b.atMs);
}

function stepEvents(each: Part, step: number): readonly StepEvent[] {
  const { service, to: version, share, title } = each;
  const common = { kind: 'step', upgrade: 0, step, title, service, version, share } as const;
  const achieved =
    share === null ? null : share === 100 ? 100 : share + (step % 2 === 0 ? 1.2 : -0.7);
  return [
    { ...common, phase: 'begin', atMs: each.fromMs, achieved: null },
    { ...common, phase: 'end', atMs: each.toMs - 1, achieved },
  ];
}

function measurements(parts: readonly Part[]): readonly (Sample | ProbeSample)[] {
  const counters = { v1: 0, v2: 0 };
  const counted = { v1: 0, v2: 0 };
  const endMs = parts.at(-1)?.toMs ?? 0;
  return Array.from({ length: endMs / EVERY_MS }, (_, index) => {
    const atMs = (index + 1) * EVERY_MS;
    const now = parts.find(({ fromMs, toMs }) => fromMs < atMs && atMs <= toMs) ?? parts[0];
    if (now === undefined) return [];
    const isDrain = now.title.startsWith('drain');
    const records = isDrain ? 0 : (RATE * EVERY_MS) / 1000;
    counters.v2 += (records * now.generator) / 100;
    counters.v1 += records - (records * now.generator) / 100;
    const handover = atMs - now.fromMs <= 1_000 && now.service === 'back-end';
    const share = backEndShare(now);
    counted.v2 += (records * share) / 100;
    counted.v1 += records - (records * share) / 100;
    const sample = sampleAt(
      atMs,
      now,
      counters,
      counted,
      handover ? 2_400 : 180 + ((index * 37) % 90),
    );
    return [sample, probeAt(atMs, now, index)];
  }).flat();
}

/** Percent of the partitions: of six, 25 % are two. */
function backEndShare({ backEnd }: Part): number {
  return (100 * Math.round((backEnd * PARTITIONS) / 100)) / PARTITIONS;
}

function sampleAt(
  atMs: number,
  now: Part,
  produced: { readonly v1: number; readonly v2: number },
  counted: { readonly v1: number; readonly v2: number },
  lag: number,
): Sample {
  const all = produced.v1 + produced.v2;
  const young = Math.round((now.backEnd * PARTITIONS) / 100);
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => {
    const version = partition < young ? 'v2' : 'v1';
    const owner =
      lag > 2_000 && partition === young ? null : `back-end${version === 'v2' ? '-v2' : ''}-0`;
    const logEnd = Math.round(all / PARTITIONS);
    const next = Math.max(0, logEnd - Math.round(lag / PARTITIONS));
    return {
      partition,
      owner,
      version: owner === null ? null : version,
      next,
      logEnd,
      halted: null,
    };
  });
  return {
    ...{ kind: 'sample', atMs, deployments: deploymentsAt(now), partitions },
    ...{ produced: { ...produced }, counted: { ...counted }, undecodable: 0 },
    ...{ lagRecords: lag, lagSeconds: lag > 2_000 ? 0.8 : 0.1 },
  };
}

function deploymentsAt({ stats, backEnd, generator }: Part): readonly DeploymentSample[] {
  return [
    ...pair('generator', generator, true),
    ...pair('back-end', backEnd, false),
    ...pair('stats', stats, true),
  ];
}

function pair(role: Role, young: number, hasShare: boolean): readonly DeploymentSample[] {
  const one = (name: string, version: string, share: number): DeploymentSample => ({
    ...{ name, role, version, share: hasShare ? share : null },
    instances: [{ name: `${name}-0`, ready: true, restarts: 0 }],
  });
  return [
    ...(young < 100 ? [one(role, 'v1', 100 - young)] : []),
    ...(young > 0 ? [one(`${role}-v2`, 'v2', young)] : []),
  ];
}

function probeAt(atMs: number, { stats }: Part, index: number): ProbeSample {
  const requests = 50;
  const young = Math.round((requests * stats) / 100);
  return {
    ...{ kind: 'probe', atMs, forMs: EVERY_MS, requests, errors: 0, error: null },
    versions: {
      ...(young < requests ? { v1: requests - young } : {}),
      ...(young > 0 ? { v2: young } : {}),
    },
    ...{ slowestMs: 6 + ((index * 13) % 11), medianMs: 2 + (index % 3) * 0.4 },
    ...{ longestGapMs: 14 + ((index * 29) % 40), oddities: 0, firstOddity: null },
  };
}

const gates = ['restarts', 'lag', 'undecodable', 'prefix', 'availability'];

function words({ rolledBack = false, paused = false, fault = false }: ExampleCourse) {
  const said: TimelineEvent[] = gates.map((gate, at) => {
    return { kind: 'gate', atMs: 4_600 + at * 20, gate, word: 'pass', detail: 'within its bounds' };
  });
  if (fault) {
    said.push({
      kind: 'fault',
      atMs: 13_000,
      phase: 'begin',
      fault: 'kill',
      target: 'back-end-v2-0',
    });
    said.push({
      kind: 'platform',
      atMs: 13_050,
      event: 'restarting',
      subject: 'back-end-v2-0',
      detail: 'signal SIGKILL',
    });
    said.push({
      kind: 'fault',
      atMs: 14_500,
      phase: 'heal',
      fault: 'kill',
      target: 'back-end-v2-0',
    });
  }
  if (rolledBack) {
    const detail = 'partition 1: sku_000003|2000-02 has 41,904 widgets where the log has 41,892';
    said.push({ kind: 'gate', atMs: 17_900, gate: 'prefix', word: 'fail', detail });
    said.push({
      kind: 'decision',
      atMs: 17_960,
      action: 'roll-back',
      reason: `the gate prefix failed: ${detail}`,
    });
    said.push({
      kind: 'decision',
      atMs: 26_400,
      action: 'restored',
      reason: 'v1 serves all readers and owns all partitions',
    });
  } else if (paused) {
    const detail = 'no sample for 5 s';
    said.push({ kind: 'gate', atMs: 17_900, gate: 'lag', word: 'inconclusive', detail });
    said.push({
      kind: 'decision',
      atMs: 18_000,
      action: 'pause',
      reason: `the gate lag cannot tell: ${detail}`,
    });
  } else {
    said.push({
      kind: 'decision',
      atMs: 31_900,
      action: 'promote',
      reason: 'every gate passed at 100 %',
    });
  }
  return said;
}
