/** What the command line of the test cluster says to a person who types something wrong, or in the wrong place. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test, { suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import { whyUnsupported } from './requirements.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Runs a command line; `userId` is whose process it is. */
function run(args: readonly string[], userId?: number): { status: number | null; text: string } {
  const node = ['--disable-warning=ExperimentalWarning', main, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, node, {
    encoding: 'utf8',
    ...(userId === undefined ? {} : { uid: userId, gid: userId }),
  });
  return { status, text: `${stdout}${stderr}` };
}

suite('the command line of the cluster', () => {
  test('helps with examples', () => {
    const { status, text } = run(['--help']);
    assert.equal(status, 0);
    assert.match(text, /Examples:\n {2}npm run cluster -- up /);
  });

  test('ends with 64 where it is used wrongly', () => {
    for (const args of [[], ['rise'], ['up', '--nodes', '9'], ['up', '--name', 'Too-Long-Name']]) {
      assert.equal(run(args).status, 64, args.join(' '));
    }
  });

  test('says in one line that it needs root', () => {
    for (const command of [['up'], ['down'], ['status'], ['load', 'a.tar']]) {
      const { status, text } = run(command, 65_534);
      assert.equal(status, 1);
      assert.match(text, /^cluster: the test cluster needs root.* sudo.*\n$/);
    }
  });

  test('says in one line that it needs Linux', () => {
    assert.match(
      whyUnsupported('darwin', 0) ?? '',
      /^the test cluster needs Linux, this is darwin: /,
    );
    assert.equal(whyUnsupported('linux', 0), undefined);
  });

  test('ends with 1 where the cluster that is asked for is not there', () => {
    const nowhere = ['--name', 'nowhere'];
    assert.deepEqual(run(['status', ...nowhere]), { status: 1, text: 'no cluster nowhere\n' });
    for (const command of [
      ['load', 'a.tar'],
      ['stop-node', 'node-2'],
    ]) {
      const { status, text } = run([...command, ...nowhere]);
      assert.equal(status, 1);
      assert.match(text, /^cluster: no cluster nowhere is up. Mend: npm run cluster -- up/);
    }
    assert.deepEqual(run(['down', ...nowhere]), { status: 0, text: '' });
  });
});
