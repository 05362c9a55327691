/** The platform in memory is held to the same contract as the real ones, so that what is tested on it holds there too. */
import { createFakePlatform } from '../../src/platform/fake/fake-platform.ts';
import { describePlatform } from '../contract/platform.contract.ts';

const run = { runId: 'test', seed: 1, skus: 10, order: 'chronological' } as const;

describePlatform({
  name: 'fake',
  create: createFakePlatform,
  spec: { name: 'contract', brokers: 1, partitions: 6, external: {}, run },
  versionAt: async (url) => {
    const response = await fetch(`${url}/version`);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return (await response.json()) as string;
  },
  withoutComponents: true,
});
