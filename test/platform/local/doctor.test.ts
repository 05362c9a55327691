/** What the prerequisites' check reports. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMemory, checkNode, checkPrerequisites } from '../../../src/platform/local/doctor.ts';

test('a Node that is too old is told with the version needed', () => {
  assert.equal(checkNode('24.6.0').ok, true);
  assert.equal(checkNode('25.0.0').ok, true);
  const old = checkNode('24.5.1');
  assert.deepEqual([old.ok, old.detail], [false, '24.5.1; 24.6 or newer is needed']);
});

test('too little memory is told with what is needed', () => {
  assert.equal(checkMemory(8e9).ok, true);
  assert.equal(checkMemory(1e9).detail, '1000 MB free; 1500 MB are needed');
});

test('each failed prerequisite says how to mend it, the others do not', async () => {
  const all = [...(await checkPrerequisites({})), checkNode('20.0.0'), checkMemory(0)];
  for (const { name, ok, mend } of all) assert.equal(mend === undefined, ok, name);
});

test('what the user brings needs nothing here', async () => {
  const external = { bootstrap: 'k:1', registry: 'http://r:1', valkey: ['v:1'] };
  const names = (await checkPrerequisites(external)).map(({ name }) => name);
  assert.deepEqual(names, ['Node.js', 'Memory', 'Disk']);
});
