/** Whole made-up runs, for tests and pictures of reports: a safe canary, unsafe ones, one that was rolled back, one that could not tell. */

import { concludeRun } from '../../src/conclude-run.ts';
import type { Experiment, RolloutVerdict, Upgrade } from '../../src/experiment/experiment.ts';
import type { Prediction } from '../../src/experiment/prediction.ts';
import type { Finding, FindingKind, History } from '../../src/history/history.ts';
import type { Manifest } from '../../src/history/manifest.ts';
import type { SavedCheck, SavedInvariant, SavedRun } from '../../src/history/saved-run.ts';
import type { TimelineEvent } from '../../src/history/timeline.ts';
import { exampleTimeline } from './example-timeline.ts';

/** The runs there are. */
export type ExampleName = 'safe' | 'unsafe' | 'rolled-back' | 'inconclusive' | 'refused';

/** A complete run whose verdict is already there. */
export type ExampleRun = SavedRun & {
  readonly experiment: Experiment;
  readonly prediction: Prediction;
  readonly manifest: Manifest;
  readonly history: History;
  readonly verdict: NonNullable<SavedRun['verdict']>;
};

/** One of them; each call makes it anew. */
export function exampleRun(name: ExampleName): ExampleRun {
  const { experiment, prediction, timeline, check } = parts[name]();
  const verdict = concludeRun({ experiment, prediction, timeline }, check);
  const history = { format: 1, takenAt: '2026-11-24T01:02:44.100Z', run, ...nothing } as const;
  return {
    ...{ experiment, prediction, timeline, history, verdict },
    manifest: manifestOf(experiment),
    stateCalls: [],
  };
}

const run = { runId: 'run-7', seed: 42, skus: 10, order: 'chronological' } as const;
const nothing = { generators: [], rest: [], errors: [] };

interface Parts {
  readonly experiment: Experiment;
  readonly prediction: Prediction;
  readonly timeline: readonly TimelineEvent[];
  readonly check: SavedCheck;
}

const good: Upgrade = {
  ...{ to: 'v2', strategy: 'canary', order: 'consumers-first', build: 'good', rollback: 'none' },
  ...{ steps: [25, 50, 100], bakeRecords: 10_000 },
};

function experimentOf(
  name: string,
  question: string,
  verdict: RolloutVerdict,
  change: Partial<Experiment> = {},
): Experiment {
  return {
    ...{ name, question, start: 'v1', before: [{ version: 'v1', records: 32_000 }] },
    expect: { verdict, outcome: 'promoted', findings: [] },
    ...{ compatibility: 'BACKWARD', style: 'optional', brokers: 1, afterwards: 'nothing' },
    workload: {
      ...{ skus: 10, records: 256_000, ratePerSecond: 8_000, order: 'chronological' },
      ...{ seed: 42, partitions: 6 },
    },
    upgrades: [good],
    ...change,
  } as Experiment;
}

const registered = (subject: string) => ({ subject, version: 'v2', accepted: true, reasons: [] });

function predictionOf(verdict: RolloutVerdict, change: Partial<Prediction> = {}): Prediction {
  return {
    ...{ verdict, outcome: 'promoted', findings: [], states: [] },
    registrations: [registered('summary-stats-value'), registered('raw-data-in-value')],
    ...change,
  } as Prediction;
}

const zero: Record<FindingKind, number> = {
  ...{ lost: 0, duplicated: 0, 'mis-aggregated': 0, stale: 0, undecodable: 0, unavailable: 0 },
};

const invariants: readonly (readonly [id: string, name: string, detail: string])[] = [
  ['I1', 'intake', '256,000 records of 10 SKUs, each acknowledged once and in the log once'],
  ['I2', 'totals', '360 months of SKUs: state, log, output topic and REST are equal'],
  ['I3', 'prefix', '6 partitions at 6 offsets equal the fold of the log'],
  ['I4', 'no gap', '1,204 batches, each from the stored offset'],
  ['I5', 'fence', '18 acquisitions, 0 calls accepted under a superseded token'],
  ['I6', 'reader', '3,600 answers, 0 went back, 0 in another shape'],
  ['I7', 'availability', '0 errors in 3,600 requests, longest gap 53 ms'],
  ['I8', 'liveness', 'progress in every second; first progress 0.6 s after the last step'],
  ['I9', 'schema', '256,000 records decode with the schema that they name'],
];

function checkOf(
  verdict: SavedCheck['verdict'],
  findings: Readonly<Record<string, readonly (readonly [Finding, number])[]>> = {},
  details: Readonly<Record<string, readonly [SavedInvariant['verdict'], string]>> = {},
): SavedCheck {
  const judged = invariants.map(([id, name, detail]): SavedInvariant => {
    const found = findings[id] ?? [];
    const counts = {
      ...zero,
      ...Object.fromEntries(found.map(([each, count]) => [each.kind, count])),
    };
    const [word, text] = details[id] ?? ['pass', detail];
    return { id, name, verdict: word, detail: text, counts, findings: found.map(([each]) => each) };
  });
  const most = (kind: FindingKind) => Math.max(...judged.map(({ counts }) => counts[kind]));
  return {
    ...{ verdict, records: 256_000, keys: 360, errors: [] },
    ...{
      lost: most('lost'),
      duplicated: most('duplicated'),
      misAggregated: most('mis-aggregated'),
    },
    ...{ stale: most('stale'), undecodable: most('undecodable'), unavailable: most('unavailable') },
    invariants: Object.fromEntries(judged.map((each) => [each.id, each])),
  };
}

function finding(kind: FindingKind, what: string, change: Partial<Finding> = {}): Finding {
  const place = { topic: null, partition: null, offset: null, schemaId: null };
  const row = { version: null, sku: null, year: null, month: null, expected: null, found: null };
  return { kind, what, ...place, ...row, ...change };
}

const misAggregated = finding(
  'mis-aggregated',
  'total in the state is not what the log adds up to',
  {
    ...{ topic: 'raw-data-in', partition: 2, offset: 5_304, schemaId: 1, version: 'v1' },
    ...{ sku: 'sku_000003', year: 2000, month: 2, expected: null, found: 0 },
  },
);

const parts: Readonly<Record<ExampleName, () => Parts>> = {
  safe: () => ({
    experiment: experimentOf(
      'v1-to-v2-canary',
      'May v1 become v2 step by step, readers of the data first, when the new field is optional?',
      'safe',
    ),
    prediction: predictionOf('safe'),
    timeline: exampleTimeline({ fault: true }),
    check: checkOf('pass'),
  }),
  unsafe: () => ({
    experiment: experimentOf(
      'the-default-that-lies',
      'Is a default of 0 for the new field as good as making it optional, as every compatibility mode says?',
      'accepted-but-unsafe',
      { style: 'defaulted', compatibility: 'FULL_TRANSITIVE' },
    ),
    prediction: predictionOf('accepted-but-unsafe', {
      findings: [
        {
          kind: 'mis-aggregated',
          why: 'v2 reads 0 defects where a record of v1 says nothing, and adds them up as if they were known.',
          state: 'back end at v1 and v2, generator at v1',
          ...{
            writer: 'v1',
            reader: 'v2',
            readAs: '{"sku":"sku_000003","manufactured_qty":71,"defect_qty":0}',
          },
          record: { sku: 'sku_000003', manufactured_qty: 71 },
        },
      ],
    }),
    timeline: exampleTimeline(),
    check: checkOf(
      'fail',
      {
        I2: [
          [misAggregated, 30],
          [
            finding('stale', 'summary row is behind the state', {
              ...{ topic: 'summary-stats', partition: 4, offset: 911, schemaId: 4, version: 'v2' },
              ...{ sku: 'sku_000007', year: 2000, month: 3, expected: 12_480, found: 12_391 },
            }),
            4,
          ],
        ],
      },
      { I2: ['fail', '34 of 360 months of SKUs differ'] },
    ),
  }),
  'rolled-back': () => ({
    experiment: experimentOf(
      'bad-canary',
      'Is a new Back End that counts some records twice noticed, and taken back, before it owns half of the partitions?',
      'accepted-but-unsafe',
      {
        upgrades: [{ ...good, build: 'double-count' }],
        expect: {
          verdict: 'accepted-but-unsafe',
          outcome: 'rolled-back',
          findings: ['mis-aggregated'],
        },
      },
    ),
    prediction: predictionOf('accepted-but-unsafe', {
      outcome: 'rolled-back',
      findings: [
        {
          kind: 'mis-aggregated',
          why: 'The build counts each 300th record twice.',
          ...{
            state: 'back end at v1 and v2',
            writer: 'v1',
            reader: 'v2',
            record: null,
            readAs: 'counted twice',
          },
        },
      ],
    }),
    timeline: exampleTimeline({ rolledBack: true }),
    check: checkOf(
      'fail',
      {
        I3: [
          [
            finding('mis-aggregated', 'state differs from the fold of the log up to its offset', {
              ...{ topic: 'raw-data-in', partition: 1, offset: 14_120, schemaId: 1, version: 'v2' },
              ...{ sku: 'sku_000003', year: 2000, month: 2, expected: 41_892, found: 41_904 },
            }),
            12,
          ],
        ],
      },
      { I3: ['fail', '2 of 6 partitions differ from the fold of the log'] },
    ),
  }),
  inconclusive: () => ({
    experiment: experimentOf(
      'no-word-from-the-gate',
      'What happens when the analysis cannot tell whether the new version keeps up?',
      'inconclusive',
    ),
    prediction: predictionOf('safe'),
    timeline: exampleTimeline({ paused: true }),
    check: checkOf(
      'unknown',
      {},
      {
        I2: ['unknown', 'REST could not be collected'],
        I8: ['inconclusive', 'the run ended 3 s after the last step'],
      },
    ),
  }),
  refused: () => ({
    experiment: experimentOf(
      'required-under-backward',
      'May the new field be required, as the JSON of the old system reads?',
      'rejected',
      { style: 'required', expect: { verdict: 'rejected', outcome: 'refused', findings: [] } },
    ),
    prediction: predictionOf('rejected', {
      outcome: 'refused',
      registrations: [
        registered('summary-stats-value'),
        {
          subject: 'raw-data-in-value',
          version: 'v2',
          accepted: false,
          reasons: ['reader field defect_qty has no default and the writer lacks it'],
        },
      ],
      findings: [
        {
          kind: 'undecodable',
          why: 'A record of v1 has no defect_qty, and v2 has nothing to put there.',
          ...{ state: 'back end at v1 and v2, generator at v1', writer: 'v1', reader: 'v2' },
          ...{
            record: { sku: 'sku_000000', manufactured_qty: 71 },
            readAs: 'error: no value for defect_qty',
          },
        },
      ],
    }),
    timeline: [
      ...exampleTimeline().filter(({ atMs }) => atMs < 4_000),
      {
        kind: 'decision',
        atMs: 4_100,
        action: 'refused',
        reason:
          'raw-data-in-value of v2 is incompatible under BACKWARD: READER_FIELD_MISSING_DEFAULT_VALUE defect_qty',
      },
    ],
    check: checkOf('pass'),
  }),
};

function manifestOf({ name, workload }: Experiment): Manifest {
  return {
    ...{ format: 1, name, startedAt: '2026-11-24T01:02:03.000Z', seed: workload.seed },
    ...{ runId: run.runId, platform: 'local' },
    versions: {
      kafka: '4.3.1',
      registry: '3.1.7',
      valkey: '9.0.1',
      node: '24.21.0',
      cutover: '0.1.0',
    },
    ...{ commit: '15c131d6a0f3b2f8f9d5f5b6c1f9a2e8b7d4c3a1', dirty: false },
    machine: {
      ...{ system: 'Linux 6.12.0 x64', processor: 'AMD EPYC 7B13', processors: 2 },
      memoryBytes: 24 * 1024 ** 3,
    },
    replay: `npx cutover run experiments/${name}.yaml`,
  };
}
