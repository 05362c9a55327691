/** The cache of components: filled once, whole or not at all. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { cached, isCached } from '../../../src/platform/local/artifacts/cache.ts';
import { temporaryFolder } from './temporary-folder.ts';

const silent = (): void => undefined;

function countingComponent(parent: string) {
  const component = {
    folder: join(parent, 'thing-1'),
    fills: 0,
    async fill(target: string): Promise<void> {
      component.fills += 1;
      await delay(20);
      writeFileSync(join(target, 'library.jar'), 'content');
    },
  };
  return component;
}

test('a component is fetched once, also when several ask at once', async (t) => {
  const component = countingComponent(temporaryFolder(t));
  await Promise.all([1, 2, 3].map(() => cached(component, silent)));
  await cached(component, silent);
  assert.equal(component.fills, 1);
  assert.equal(readFileSync(join(component.folder, 'library.jar'), 'utf8'), 'content');
});

test('a file cut short is seen and the component is fetched again', async (t) => {
  const component = countingComponent(temporaryFolder(t));
  await cached(component, silent);
  writeFileSync(join(component.folder, 'library.jar'), 'con');
  assert.equal(isCached(component.folder), false);
  await cached(component, silent);
  assert.equal(component.fills, 2);
  assert.equal(isCached(component.folder), true);
});

test('a failed fetch leaves nothing behind and the next one succeeds', async (t) => {
  const parent = temporaryFolder(t);
  const component = countingComponent(parent);
  const broken = {
    folder: component.folder,
    async fill(target: string): Promise<void> {
      writeFileSync(join(target, 'library.jar'), 'half');
      throw new Error('the network is down');
    },
  };
  await assert.rejects(cached(broken, silent), /the network is down/);
  assert.deepEqual(readdirSync(parent), []);
  await cached(component, silent);
  assert.equal(isCached(component.folder), true);
});

test('the lock of a process that died is taken over', async (t) => {
  const component = countingComponent(temporaryFolder(t));
  writeFileSync(`${component.folder}.lock`, JSON.stringify({ pid: 1, startedAt: 'never' }));
  await cached(component, silent);
  assert.equal(component.fills, 1);
});
