/** The checker's proof: each bug that is planted into the application is caught by the invariant meant for it, and a sound one is not. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { openLivePrefixAudit } from '../../src/checker/live-prefix.ts';
import type { Verdict } from '../../src/checker/verdict.ts';
import type { Lab } from '../../src/platform/platform.ts';
import { BugCase } from '../integration/bug-case.ts';
import { startTestLab, until } from '../integration/lab.ts';
import { startReplyDropper } from '../integration/reply-dropper.ts';

/** What a bug needs to show itself; records flow meanwhile. */
type Disturbance = (run: BugCase) => Promise<void>;

let lab: Lab;
let dropper: Awaited<ReturnType<typeof startReplyDropper>>;

before(async () => {
  lab = await startTestLab();
  dropper = await startReplyDropper(lab.addresses.valkey[0]);
});

after(async () => {
  dropper.close();
  await lab.down();
});

/** The answer to a call that was carried out is lost, some times. */
const lostAnswers: Disturbance = async (run) => {
  for (let times = 0; times < 3; times++) {
    await dropper.dropNext();
    await run.moreBatches(2);
  }
};

/** The Back End is killed while batches are applied. */
const kill: Disturbance = async (run) => {
  const { instance, deployment } = run.of('back-end');
  const restarts = async () =>
    (await lab.deployments()).find(({ spec }) => spec.name === deployment)?.instances[0]?.restarts;
  const before = (await restarts()) ?? 0;
  await lab.kill(instance);
  await until('its restart', async () => ((await restarts()) ?? 0) > before);
  await run.moreBatches(3);
};

/** Another group takes the state over under a later deployment epoch, and the first one goes on trying. */
const secondOwner =
  (defect: string): Disturbance =>
  async (run) => {
    const { deployment: GROUP } = run.of('second');
    await run.deploy('back-end', { name: 'second', env: { DEFECT: defect, GROUP, EPOCH: '2' } });
    await run.moreBatches(10);
  };

const duplicates: Disturbance = (run) => run.writeAgain(20);
const nothing: Disturbance = () => Promise.resolve();

interface Plan {
  readonly disturb: Disturbance;
  /** Version of the generator, and of the Back End. */
  readonly versions?: readonly [generator: string, backEnd: string];
  readonly viaProxy?: boolean;
}

/** Runs the application with a defect through a disturbance; records flow before, meanwhile and after. */
async function judged(defect: string, plan: Plan): Promise<Verdict> {
  await using run = await BugCase.open(lab, defect);
  const [generator, backEnd] = plan.versions ?? ['v1', 'v1'];
  const env = { DEFECT: defect, ...(plan.viaProxy ? { VALKEY: dropper.address } : {}) };
  await Promise.all([
    run.deploy('back-end', { version: backEnd, env }),
    run.deploy('generator', { version: generator, env: { DEFECT: defect } }),
  ]);
  await run.moreBatches(5);
  await plan.disturb(run);
  await run.moreRecords(3_000);
  await run.quiet();
  return await run.judge();
}

/** The invariants that fail, each with its first finding. */
function failures({ invariants }: Verdict): Record<string, string> {
  const failed = Object.values(invariants).filter(({ verdict }) => verdict === 'fail');
  return Object.fromEntries(
    failed.map(({ id, findings }) => [id, `${findings[0]?.kind}: ${findings[0]?.what}`]),
  );
}

const bugs: Readonly<Record<string, Plan & { readonly caught: Readonly<Record<string, RegExp>> }>> =
  {
    'no-compare-and-set': {
      ...{ disturb: lostAnswers, viaProxy: true },
      caught: { I4: /duplicated: .* before the stored next/, I3: /duplicated: state: records/ },
    },
    'no-fence': {
      disturb: secondOwner('no-fence'),
      caught: { I5: /taken over under a token that is not later|under a superseded token/ },
    },
    'commit-before-apply': { disturb: kill, caught: { I3: /lost: state/ } },
    'publish-without-version': { disturb: nothing, caught: { I2: /summary row/ } },
    'no-dedup': { disturb: duplicates, caught: { I3: /duplicated: state: records/ } },
    'drop-and-duplicate': {
      disturb: nothing,
      caught: { I3: /mis-aggregated: state: manufactured_qty/, I2: /manufactured_qty/ },
    },
    'default-for-unknown': {
      ...{ disturb: nothing, versions: ['v1', 'v2'] },
      caught: { I3: /mis-aggregated: state: defect_qty/, I2: /defect_qty/ },
    },
    'off-by-one-month': {
      disturb: nothing,
      caught: { I3: /lost: state|no record/, I2: /month|state/ },
    },
  };

for (const [defect, plan] of Object.entries(bugs)) {
  test(`${defect} is caught by ${Object.keys(plan.caught).join(' and ')}`, async (context) => {
    const verdict = await judged(defect, plan);
    const [found, errors] = [failures(verdict), verdict.errors];
    context.diagnostic(JSON.stringify(found));
    for (const [id, what] of Object.entries(plan.caught)) {
      assert.match(found[id] ?? `${id} does not fail`, what, JSON.stringify({ found, errors }));
    }
  });
}

test('a sound application passes through all of it; only what was written twice is told', async () => {
  const verdict = await judged('none', {
    ...{ versions: ['v1', 'v2'], viaProxy: true },
    async disturb(run) {
      await lostAnswers(run);
      await kill(run);
      await run.writeAgain(20);
      await secondOwner('none')(run);
    },
  });
  const { I1, ...others } = failures(verdict);
  assert.match(I1 ?? '', /duplicated: seq of the SKU was there before/);
  assert.deepEqual(others, {}, JSON.stringify(verdict, null, 2));
  const words = ['I3', 'I4', 'I5', 'I9'].map((id) => verdict.invariants[id]?.verdict);
  assert.deepEqual(words, ['pass', 'pass', 'pass', 'pass']);
  assert.match(verdict.invariants.I5?.detail ?? '', /[1-9]\d* refused under another one/);
});

/** The live audit of a case's state. */
function auditOf(name: string) {
  return openLivePrefixAudit({
    ...{ run: lab.run, bootstrap: lab.addresses.bootstrap, registry: lab.addresses.registry },
    ...{ state: lab.addresses.valkey[0], stateNamespace: name },
    topics: { raw: `${name}.raw`, summary: `${name}.summary`, deadLetter: `${name}.dlq` },
  });
}

test('records that a version cannot read are undecodable and not lost, for the audit and for the verdict', async () => {
  await using run = await BugCase.open(lab, 'required');
  await run.deploy('generator');
  await run.deploy('back-end');
  await run.moreBatches(5);
  const audit = auditOf('required');
  assert.deepEqual((await audit.audit()).findings, []);
  await run.deploy('back-end', { version: 'v2', env: { SCHEMA_STYLE: 'required' } });
  await run.moreBatches(5);
  await run.quiet();
  const verdict = await run.judge();
  const report = await audit.audit();
  await audit.close();
  assert.equal(report.records, verdict.records);
  assert.deepEqual(report.findings, []);
  assert.deepEqual(Object.keys(failures(verdict)), ['I9']);
  assert.deepEqual([verdict.lost, verdict.undecodable > 0], [0, true]);
  const [first] = verdict.invariants.I9?.findings ?? [];
  assert.match(first?.what ?? '', /^good record was dead-lettered/);
  assert.equal(first?.version, 'v1');
});

for (const build of ['double-count', 'wrong-month']) {
  test(`${build} is seen by the live audit while it counts`, async () => {
    await using run = await BugCase.open(lab, build);
    await run.deploy('generator');
    await run.deploy('back-end', { env: { DEFECT: build } });
    const audit = auditOf(build);
    const report = await until('the audit to see it', async () => {
      const found = await audit.audit();
      return found.findings.length > 0 && found;
    });
    await audit.close();
    assert.ok(report.records > 0);
    const kinds = new Set(report.findings.map(({ kind }) => kind));
    assert.ok(kinds.has(build === 'double-count' ? 'duplicated' : 'lost'), [...kinds].join());
  });
}

test('the build crash ends again and again', async () => {
  await using run = await BugCase.open(lab, 'crash');
  await run.deploy('generator');
  await run.deploy('back-end', { env: { DEFECT: 'crash' } });
  const { deployment } = run.of('back-end');
  await until('two restarts', async () => {
    const found = (await lab.deployments()).find(({ spec }) => spec.name === deployment);
    return (found?.instances[0]?.restarts ?? 0) >= 2;
  });
});

test('the build slow counts far more slowly than records come', async () => {
  await using run = await BugCase.open(lab, 'slow');
  await run.deploy('generator');
  await run.deploy('back-end', { env: { DEFECT: 'slow' } });
  await run.moreRecords(10_000);
  const counted = run.calls.reduce((most, { next }) => Math.max(most, next ?? 0), 0);
  assert.ok(counted < 2_000, `${counted} records of a partition are counted`);
});

test('the build bad-schema is refused under a mode, and under NONE all its records are dead letters', async () => {
  await using run = await BugCase.open(lab, 'bad-schema');
  await run.deploy('back-end');
  await run.deploy('generator');
  await run.moreRecords(1_000);
  await run.quiet();
  const written = await run.produced();
  const setMode = async (compatibility: string) => {
    const url = `${lab.addresses.registry}/config/bad-schema.raw-value`;
    const body = JSON.stringify({ compatibility });
    const headers = { 'content-type': 'application/json' };
    assert.ok((await fetch(url, { method: 'PUT', headers, body })).ok);
  };
  const env = { DEFECT: 'bad-schema' };
  await setMode('BACKWARD');
  await assert.rejects(run.deploy('generator', { name: 'bad', env }), /refused the schema/);
  await setMode('NONE');
  await run.deploy('generator', { name: 'bad', env });
  await run.moreRecords(1_000);
  await run.remove('bad');
  const bad = (await run.produced()) - written;
  const { undecodable, invariants } = await run.judge();
  assert.equal(undecodable, bad);
  assert.equal(invariants.I3?.verdict, 'pass', invariants.I3?.detail);
});
