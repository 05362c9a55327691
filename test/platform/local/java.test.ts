/** Which Java is chosen. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findJavas } from '../../../src/platform/local/java.ts';
import { temporaryFolder } from './temporary-folder.ts';

function fakeJava(parent: string, version: string): string {
  const home = join(parent, `jdk-${version}`);
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin', 'java'), '');
  writeFileSync(join(home, 'release'), `IMPLEMENTOR="x"\nJAVA_RUNTIME_VERSION="${version}"\n`);
  return home;
}

test('the newest Java wins, wherever it was found', (t) => {
  const folder = temporaryFolder(t);
  const old = fakeJava(folder, '17.0.15+6');
  const recent = fakeJava(folder, '99.0.1+8-LTS');
  const [first] = findJavas({ JAVA_HOME: old, PATH: join(recent, 'bin') });
  assert.deepEqual(first, { home: recent, major: 99, version: '99.0.1+8-LTS' });
});

test('of two Javas with the same version JAVA_HOME wins', (t) => {
  const mine = fakeJava(temporaryFolder(t), '99.0.1');
  const other = fakeJava(temporaryFolder(t), '99.0.1');
  assert.equal(findJavas({ JAVA_HOME: mine, PATH: join(other, 'bin') })[0]?.home, mine);
});

test('the old numbering is understood and a folder without a Java is passed over', (t) => {
  const folder = temporaryFolder(t);
  const old = fakeJava(folder, '1.8.0_402-b06');
  const javas = findJavas({ JAVA_HOME: join(folder, 'nothing'), PATH: join(old, 'bin') });
  assert.equal(javas.find(({ home }) => home === old)?.major, 8);
});
