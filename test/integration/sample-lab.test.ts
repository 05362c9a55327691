/** The sampler over real programs: a second version joins, an instance is killed and one is paused, and the counters stay true. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { createSampler } from '../../src/history/sample-lab.ts';
import type { Sample } from '../../src/history/timeline.ts';
import type { Lab } from '../../src/platform/platform.ts';
import { deployment, startTestLab, until } from './lab.ts';

let lab: Lab;
const samples: Sample[] = [];

before(async () => {
  lab = await startTestLab();
  await lab.deploy(deployment('back-end', { env: { READY_LAG: 'any' } }));
  await lab.deploy(deployment('stats'));
  await lab.deploy(deployment('generator', { env: { RATE: '4000' } }));
});
after(() => lab.down());

const sampler = createSampler({ deployments: () => lab.deployments() });

/** Samples until one is as wanted. */
function sampleUntil(what: string, holds: (sample: Sample) => boolean): Promise<Sample> {
  return until(what, async () => {
    const startMs = performance.now();
    const sample = await sampler.sample();
    const tookMs = performance.now() - startMs;
    assert.ok(samples.length === 0 || tookMs < 2_000, `a sample took ${tookMs} ms`);
    samples.push(sample);
    return holds(sample) && sample;
  });
}

const owners = ({ partitions }: Sample) => new Set(partitions.map(({ version }) => version));

test('a version that joins is seen to own and to count', async () => {
  await sampleUntil('v1 to count', ({ counted }) => (counted.v1 ?? 0) > 1_000);
  const deploying = lab.deploy(deployment('back-end', { name: 'back-end-v2', version: 'v2' }));
  const both = await sampleUntil('both to count', (sample) => {
    return owners(sample).has('v1') && owners(sample).has('v2') && (sample.counted.v2 ?? 0) > 1_000;
  });
  await deploying;
  assert.equal(both.partitions.length, 6);
});

test('one that is killed loses its partitions for a while, and no counter goes back', async () => {
  await lab.kill('back-end-v2-0');
  await sampleUntil('the restart', ({ deployments }) =>
    deployments.some(({ instances }) => instances.some(({ restarts }) => restarts > 0)),
  );
  await sampleUntil('all to be owned again', (sample) => !owners(sample).has(null));
});

test('one that is paused stalls no sample, and what waits for it grows old', async () => {
  await sampleUntil('the killed one to catch up', ({ lagSeconds }) => lagSeconds < 0.5);
  await lab.pause('back-end-0');
  await lab.pause('back-end-v2-0');
  const late = await sampleUntil('a lag of two seconds', ({ lagSeconds }) => lagSeconds >= 2);
  assert.ok(late.lagRecords > 2_000, `${late.lagRecords} records`);
  await lab.resume('back-end-0');
  await lab.resume('back-end-v2-0');
});

test('in the end all is counted, and the counters never went back', async () => {
  await lab.remove('generator');
  const last = await sampleUntil('everything to be counted', ({ lagRecords }) => lagRecords === 0);
  for (const [at, { produced, counted }] of samples.entries()) {
    const before = samples[at - 1];
    for (const version of ['v1', 'v2']) {
      assert.ok((counted[version] ?? 0) >= (before?.counted[version] ?? 0), `sample ${at}`);
      assert.ok((produced[version] ?? 0) >= (before?.produced[version] ?? 0), `sample ${at}`);
    }
  }
  const inState = last.partitions.reduce((sum, { next }) => sum + next, 0);
  const counted = (last.counted.v1 ?? 0) + (last.counted.v2 ?? 0);
  assert.ok(counted <= inState, `${counted} counted, ${inState} in the state`);
  assert.ok(
    counted > inState * 0.8,
    `${counted} of ${inState}: more than a look's worth is missing`,
  );
});
