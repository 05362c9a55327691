/** Tests `cutover plan`: what it prints, as JSON, too, and with which exit code it ends. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from './run-cli.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-plan-'));
});
after(() => rm(folder, { recursive: true }));

async function save(name: string, schema: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof schema === 'string' ? schema : JSON.stringify(schema));
  return path;
}

const safeWay = fileURLToPath(new URL('../../experiments/01-the-safe-way.yaml', import.meta.url));

const order = (...fields: readonly object[]) => ({
  type: 'record',
  name: 'Order',
  fields: [{ name: 'id', type: 'string' }, ...fields],
});
const discount = { name: 'discount', type: 'int', default: 0 };
const coupon = { name: 'coupon', type: ['null', 'string'], default: null };

suite('cutover plan of the application', () => {
  test('shows every way, and a counterexample of what is unsafe: 0, because there is a safe one', async () => {
    const { exitCode, out } = await runCli(['plan', '--from', 'v1', '--to', 'v2']);
    const text = out.join('\n');
    assert.equal(exitCode, 0, text);
    assert.match(text, /v1 to v2, optional fields, registry at BACKWARD/);
    assert.match(text, /canary {6}consumers-first {3}safe\n/);
    assert.match(text, /canary {6}producers-first {3}accepted-but-unsafe {3}stale\n/);
    assert.match(text, /stop-all {22}unsafe {16}unavailable\n/);
    assert.match(text, /v2 wrote {3}\{"sku":"sku_000000", "manufactured_qty":90, "defect_qty":38/);
    assert.match(text, /so by {6}rolling producers-first, canary producers-first\n/);
    assert.ok(!text.includes('\x1b'), 'no colours where the output is no terminal');
  });

  test('shows one way in full: registry, states, verdict, record', async () => {
    const args = ['--strategy', 'canary', '--order', 'consumers-first', '--style', 'defaulted'];
    const { exitCode, out } = await runCli(['plan', '--from', 'v1', '--to', 'v2', ...args]);
    const text = out.join('\n');
    assert.equal(exitCode, 1, text);
    assert.match(text, /raw-data-in-value {4}v2 {2}accepted/);
    assert.match(text, /5 {2}back end: 25 % at v2, the rest at v1 {2}mis-aggregated/);
    assert.match(text, /ACCEPTED-BUT-UNSAFE {2}it is taken back on the way/);
    assert.match(text, /v2 reads {3}.*"defect_qty":0/);
  });

  test('names the field where the registry refuses: 1', async () => {
    const args = ['--style', 'required', '--compatibility', 'FULL'];
    const { exitCode, out } = await runCli(['plan', '--from', 'v1', '--to', 'v3', ...args]);
    assert.equal(exitCode, 1);
    assert.match(out.join('\n'), /refused by the registry: raw-data-in-value/);
    assert.match(out.join('\n'), /field sku_manufacturing_cost has no default/);
  });

  test('--json prints one object with every way', async () => {
    const { exitCode, out } = await runCli(['plan', '--from', 'v2', '--to', 'v3', '--json']);
    const { ways, ...question } = JSON.parse(out.join(''));
    assert.equal(exitCode, 0);
    const expected = { from: 'v2', to: 'v3', style: 'optional', compatibility: 'BACKWARD' };
    assert.deepEqual(question, expected);
    assert.equal(ways.length, 7);
    for (const name of ['strategy', 'order', 'verdict', 'outcome', 'states', 'findings']) {
      assert.ok(name in ways[0], name);
    }
  });

  test('tells everything that is wrong with the options at once: 64', async () => {
    const wrong = ['--from', 'v22', '--registry', 'http://127.0.0.1:1', '--true-defaults', 'a'];
    const { exitCode, err } = await runCli(['plan', ...wrong]);
    assert.equal(exitCode, 64);
    assert.deepEqual(err, [
      'cutover: --registry: only with --subject',
      'cutover: --true-defaults: only with --subject',
      'cutover: --from v22: must be one of: v1, v2, v3 (did you mean v2?)',
      'cutover: --to: is missing; name a version (v1, v2, v3), or give --subject or an experiment file',
      'cutover: see cutover plan --help',
    ]);
  });

  test('refuses an upgrade that goes back, and a file where a version is due: 64', async () => {
    const back = await runCli(['plan', '--from', 'v2', '--to', 'v2']);
    assert.equal(back.exitCode, 64);
    assert.match(back.err.join(), /--to v2: must be later than --from v2/);
    const file = await runCli(['plan', '--from', 'old.avsc', '--to', 'v2']);
    assert.match(file.err.join(), /--from old.avsc: .*; for a schema file give --subject, too/);
  });

  test('knows its values before it starts: 64', async () => {
    const { exitCode, err } = await runCli(['plan', '--strategy', 'canari', '--order', 'x']);
    assert.equal(exitCode, 64);
    assert.match(err.join('\n'), /--strategy canari: must be one of/);
    assert.match(err.join('\n'), /--order x: must be one of/);
    assert.match(err.join('\n'), /--from: is missing/);
  });
});

suite('cutover plan of an experiment file', () => {
  test('shows what is predicted beside what is expected', async () => {
    const { exitCode, out } = await runCli(['plan', safeWay]);
    assert.equal(exitCode, 0, out.join('\n'));
    assert.match(out.join('\n'), /01-the-safe-way: May v1 become v2 as a canary/);
    assert.match(out.join('\n'), /SAFE {2}it goes through to the end/);
    assert.match(out.join('\n'), /as expected: safe, promoted/);
  });

  test('says where the expectation is another one', async () => {
    const text = `question: Is it unsafe?
expect: {verdict: unsafe, findings: [lost]}
upgrades: [{to: v2, strategy: rolling}]
`;
    const { exitCode, out } = await runCli(['plan', await save('other.yaml', text)]);
    assert.equal(exitCode, 0);
    assert.match(out.join('\n'), /not as expected: unsafe, promoted/);
  });

  test('names line and column of each mistake: 64', async () => {
    const path = await save('bad.yaml', 'question: ""\nexpect: {verdict: saef}\nupgrade: []\n');
    const { exitCode, err } = await runCli(['plan', path]);
    assert.equal(exitCode, 64);
    assert.deepEqual(
      err.map((line) => line.slice(path.length)),
      [
        ':1:1: upgrades: is missing',
        ':1:11: question: must not be empty',
        ':2:19: expect.verdict: saef: must be one of safe, unsafe, rejected, rejected-but-safe, accepted-but-unsafe, inconclusive (did you mean safe?)',
        ':3:1: upgrade: unknown (did you mean upgrades?)',
      ],
    );
  });

  test('takes no other options beside it: 64', async () => {
    const args = [safeWay, '--from', 'v1'];
    const { exitCode, err } = await runCli(['plan', ...args]);
    assert.equal(exitCode, 64);
    assert.match(err.join(), /--from: not with an experiment file/);
  });
});

suite("cutover plan of anyone's schemas", () => {
  test('judges files under every mode, and in every order', async () => {
    const [old, next] = [await save('old.avsc', order()), await save('new.avsc', order(coupon))];
    const args = ['--subject', 'orders-value', '--from', old, '--to', next];
    const { exitCode, out } = await runCli(['plan', ...args]);
    const text = out.join('\n');
    assert.equal(exitCode, 0, text);
    assert.match(text, /orders-value {2}Avro/);
    assert.match(text, /FULL_TRANSITIVE {6}accepted/);
    assert.match(text, /consumers first \(new reads old\) {25}safe/);
    assert.match(text, /stale {2}coupon is dropped/);
  });

  test('reports a default where the truth is unknown; --true-defaults takes it for true', async () => {
    const [old, next] = [await save('old.avsc', order()), await save('new.avsc', order(discount))];
    const args = ['--subject', 'o', '--from', old, '--to', next, '--order', 'consumers-first'];
    const { exitCode, out } = await runCli(['plan', ...args]);
    assert.equal(exitCode, 1, out.join('\n'));
    assert.match(out.join('\n'), /mis-aggregated {2}discount is read as 0/);
    assert.match(out.join('\n'), /read as {4}\{"id":"a", "discount":0\}/);
    const known = await runCli(['plan', ...args, '--true-defaults', 'discount']);
    assert.equal(known.exitCode, 0, known.out.join('\n'));
  });

  test('is not safe where the mode refuses: 1, with the field', async () => {
    const paths = [await save('a.avsc', order()), await save('b.avsc', order(coupon))];
    const tight = await save('c.avsc', order({ ...coupon, default: undefined }));
    const args = ['--subject', 'o', '--from', paths.join(','), '--to', tight];
    assert.equal((await runCli(['plan', ...args, '--compatibility', 'BACKWARD'])).exitCode, 0);
    const { exitCode, out } = await runCli(['plan', ...args, '--compatibility', 'FULL_TRANSITIVE']);
    assert.equal(exitCode, 1);
    assert.match(
      out.join('\n'),
      /c.avsc cannot read what .*a.avsc wrote: field coupon has no default/,
    );
  });

  test('is inconclusive about what it does not look at: 2', async () => {
    const closed = (pattern: string) => ({
      type: 'object',
      additionalProperties: false,
      patternProperties: { [pattern]: {} },
    });
    const [old, next] = [await save('o.json', closed('^x')), await save('n.json', closed('^y'))];
    const { exitCode, out } = await runCli(['plan', '--subject', 'o', '--from', old, '--to', next]);
    assert.equal(exitCode, 2, out.join('\n'));
    assert.match(out.join('\n'), /Not judged:\n {4}patternProperties at/);
  });

  test('names every file that is missing, no schema, or of another language: 64', async () => {
    const [avsc, proto] = [await save('old.avsc', order()), await save('x.proto', 'message M {}')];
    const args = ['--subject', 'o', '--from', `${avsc},none.avsc`, '--to', proto];
    const { exitCode, err } = await runCli(['plan', ...args]);
    assert.equal(exitCode, 64);
    assert.match(err.join('\n'), /none.avsc: cannot be read: ENOENT/);
    assert.match(err.join('\n'), /x.proto: is PROTOBUF, but .*old.avsc is AVRO/);
    const broken = await save('broken.avsc', '{');
    const { exitCode: code } = await runCli([
      'plan',
      '--subject',
      'o',
      '--from',
      broken,
      '--to',
      avsc,
    ]);
    assert.equal(code, 64);
  });

  test('wants both schemas, and nothing of the application: 64', async () => {
    const { exitCode, err } = await runCli(['plan', '--subject', 'o', '--style', 'required']);
    assert.equal(exitCode, 64);
    assert.deepEqual(err.slice(0, 3), [
      'cutover: --style: only for the application, not with --subject',
      'cutover: --to: is missing; name the file of the new schema',
      'cutover: --from: is missing; name the files of the earlier schemas, or a --registry that has them',
    ]);
  });
});

suite('cutover plan beside a registry', () => {
  let server: Server;
  let registry: string;
  const asked: string[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    '/subjects': ['orders-value', 'other-value'],
    '/subjects/orders-value/versions': [1, 2],
    '/subjects/orders-value/versions/1': { version: 1, schema: JSON.stringify(order()) },
    '/subjects/orders-value/versions/2': { version: 2, schema: JSON.stringify(order(coupon)) },
    '/config/orders-value?defaultToGlobal=true': { compatibilityLevel: 'BACKWARD_TRANSITIVE' },
    '/compatibility/subjects/orders-value/versions': { is_compatible: false },
  };

  before(async () => {
    server = createServer((request, response) => {
      if (request.method === 'POST') asked.push(request.url ?? '');
      const answer = answers[request.url ?? ''];
      response.statusCode = answer === undefined ? 404 : 200;
      response.end(JSON.stringify(answer ?? { error_code: 40401 }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  test("takes the subject's versions for the history, and its mode", async () => {
    const next = await save('c.avsc', order({ ...coupon, default: undefined }));
    const args = ['--subject', 'orders-value', '--registry', registry, '--to', next];
    const { exitCode, out } = await runCli(['plan', ...args]);
    assert.equal(exitCode, 1, out.join('\n'));
    assert.match(out.join('\n'), /BACKWARD_TRANSITIVE {2}refused/);
    assert.match(out.join('\n'), /c.avsc cannot read what version 1 wrote: field coupon/);
    assert.match(out.join('\n'), /the registry says {4}refused/);
    assert.deepEqual(asked, ['/compatibility/subjects/orders-value/versions']);
    const looser = await runCli(['plan', ...args, '--compatibility', 'BACKWARD', '--json']);
    assert.equal(looser.exitCode, 0);
    assert.equal(JSON.parse(looser.out.join('')).compatibility, 'BACKWARD');
  });

  test('is believed where it refuses by rules of its own: 1', async () => {
    const next = await save('d.avsc', order(coupon));
    const args = ['--subject', 'orders-value', '--registry', registry, '--to', next];
    const { exitCode, out } = await runCli(['plan', ...args]);
    assert.equal(exitCode, 1);
    assert.match(
      out.join('\n'),
      /BACKWARD_TRANSITIVE {2}accepted\n {2}the registry says {4}refused/,
    );
  });

  test('does not know the subject: 64, with the nearest one', async () => {
    const next = await save('new.avsc', order());
    const args = ['--subject', 'order-value', '--registry', registry, '--to', next];
    const { exitCode, err } = await runCli(['plan', ...args]);
    assert.equal(exitCode, 64);
    assert.match(
      err.join(),
      /--subject order-value: not in the registry .*did you mean orders-value/,
    );
  });

  test('that does not answer cannot be judged: 2, with what to try', async () => {
    const next = await save('new.avsc', order());
    const args = ['--subject', 'o', '--registry', 'http://127.0.0.1:1', '--to', next];
    const { exitCode, err } = await runCli(['plan', ...args]);
    assert.equal(exitCode, 2);
    assert.match(err.join(), /the registry at http:\/\/127.0.0.1:1 does not answer. Mend: /);
  });
});

test('cutover plan --help has examples and exit codes', async () => {
  const { exitCode, out } = await runCli(['plan', '--help']);
  assert.equal(exitCode, 0);
  for (const part of ['Examples:', '--subject orders-value --from old.avsc', 'Exit code: 0 safe']) {
    assert.ok(out.join('\n').includes(part), part);
  }
});
