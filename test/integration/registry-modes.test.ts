/** The planner's word on the registry's modes, beside what the real registry answers to a registration. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { SchemaStyle } from '../../src/app/version.ts';
import type { Compatibility } from '../../src/experiment/experiment.ts';
import { rawWriting, summaryWriting } from '../../src/experiment/planner/application.ts';
import { axes } from '../../src/experiment/planner/axes.ts';
import { allCells, cellExperiment } from '../../src/experiment/planner/cells.ts';
import { compatibilityModes, refusals } from '../../src/experiment/planner/compatibility.ts';
import {
  avroIncompatibilities,
  parseAvro,
} from '../../src/experiment/planner/languages/avro-compatibility.ts';
import { predict } from '../../src/experiment/planner/predict.ts';
import type { Lab } from '../../src/platform/platform.ts';
import { runCli } from '../cli/run-cli.ts';
import { avroCases } from '../experiment/planner/avro-cases.ts';
import type { SchemaCase } from '../experiment/planner/schema-cases.ts';
import { jsonSchemaCases, protobufCases } from '../experiment/planner/schema-cases.ts';
import { startTestLab } from './lab.ts';

let lab: Lab;

before(async () => {
  lab = await startTestLab();
});

after(() => lab.down());

async function send(method: string, path: string, body: unknown): Promise<Response> {
  return fetch(`${lab.addresses.registry}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  });
}

async function setMode(subject: string, compatibility: Compatibility): Promise<void> {
  const response = await send('PUT', `/config/${subject}`, { compatibility });
  assert.equal(response.status, 200, await response.text());
}

/** Whether the registry takes the schema. */
async function register(subject: string, schema: unknown, schemaType = 'AVRO'): Promise<boolean> {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  const body = { schemaType, schema: text };
  const response = await send('POST', `/subjects/${subject}/versions`, body);
  const answer = await response.text();
  assert.ok(response.ok || response.status === 409 || response.status === 422, answer);
  return response.ok;
}

/** Whether a subject of that history takes the last schema under the mode. */
async function isTaken(
  subject: string,
  mode: Compatibility,
  history: readonly unknown[],
  proposed: unknown,
  schemaType = 'AVRO',
): Promise<boolean> {
  await setMode(subject, 'NONE');
  for (const schema of history) assert.ok(await register(subject, schema, schemaType), subject);
  await setMode(subject, mode);
  return register(subject, proposed, schemaType);
}

/** Changes about which registry and planner differ, as `name under mode: what the registry says`. */
async function differences(
  schemaType: string,
  cases: readonly SchemaCase[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [index, { name, old, new: proposed, newReadsOld, oldReadsNew }] of cases.entries()) {
    for (const mode of ['BACKWARD', 'FORWARD'] as const) {
      const subject = `${schemaType}-${index}-${mode}`;
      const taken = await isTaken(subject, mode, [old], proposed, schemaType);
      const reasons = mode === 'BACKWARD' ? newReadsOld : oldReadsNew;
      if (taken !== (reasons.length === 0)) found.push(`${name} under ${mode}: ${taken}`);
    }
  }
  return found;
}

/** Whether the planner says that it would. */
function isExpected(mode: Compatibility, history: readonly unknown[], proposed: unknown): boolean {
  const named = (schema: unknown) => ({ name: '', schema: parseAvro(schema) });
  const earlier = history.map(named);
  return refusals(mode, named(proposed), earlier, avroIncompatibilities).length === 0;
}

test('general changes are taken and refused as predicted, in every mode', async () => {
  const wrong: string[] = [];
  for (const [index, { name, old, new: proposed }] of avroCases.entries()) {
    for (const mode of compatibilityModes) {
      const taken = await isTaken(`case-${index}-${mode}`, mode, [old], proposed);
      if (taken === isExpected(mode, [old], proposed)) continue;
      wrong.push(`${name} under ${mode}: the registry says ${taken}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('a mode that is not transitive looks at the last version only', async () => {
  const field = { name: 'n', type: 'int' };
  const schema = (...fields: object[]) => ({ type: 'record', name: 'R', fields });
  const history = [schema(), schema({ ...field, default: 0 })];
  for (const mode of compatibilityModes) {
    const taken = await isTaken(`history-${mode}`, mode, history, schema(field));
    assert.equal(taken, isExpected(mode, history, schema(field)), mode);
    assert.equal(taken, !['BACKWARD_TRANSITIVE', 'FULL_TRANSITIVE'].includes(mode), mode);
  }
});

test("the application's schemas are taken and refused as predicted, in every pair, style and mode", async () => {
  const wrong: string[] = [];
  for (const cell of allCells()) {
    if (cell.strategy !== 'rolling' || cell.order !== 'consumers-first') continue;
    const history = [...(cell.from === 'v2' ? ['v1'] : []), cell.from];
    for (const predicted of predict(cellExperiment(cell)).registrations) {
      if (predicted.version !== cell.to) continue;
      const schemaOf = (version: string) =>
        predicted.subject === 'raw-data-in-value'
          ? rawWriting(version, cell.style).schema
          : summaryWriting(version).schema;
      const subject = `${cell.id.replaceAll('/', '-')}-${predicted.subject}`;
      const mode = cell.compatibility;
      const taken = await isTaken(subject, mode, history.map(schemaOf), schemaOf(cell.to));
      if (taken !== predicted.accepted) wrong.push(`${subject}: the registry says ${taken}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('an old producer may register its schema again, whatever the mode', async () => {
  for (const style of axes.style satisfies readonly SchemaStyle[]) {
    const subject = `again-${style}`;
    const schemas = ['v1', 'v2', 'v3'].map((version) => rawWriting(version, style).schema);
    await setMode(subject, 'NONE');
    for (const schema of schemas) assert.ok(await register(subject, schema));
    await setMode(subject, 'FULL_TRANSITIVE');
    for (const schema of schemas) assert.ok(await register(subject, schema), style);
  }
});

test('changes of JSON Schemas are taken and refused as predicted', async () => {
  assert.deepEqual(await differences('JSON', jsonSchemaCases), []);
});

test('of Protobuf schemas the registry says more than the wire: names, kinds, and what goes unreserved', async () => {
  assert.deepEqual(await differences('PROTOBUF', protobufCases), [
    'a field comes with a number of its own under FORWARD: false',
    'a field is renamed, its number stays under BACKWARD: false',
    'a field is renamed, its number stays under FORWARD: false',
    'a type changes within what the wire allows under BACKWARD: false',
    'a type changes within what the wire allows under FORWARD: false',
    'a reserved number is taken again under FORWARD: false',
    'two fields move into one oneof under BACKWARD: true',
    'a required field comes (proto2) under FORWARD: false',
  ]);
});

test('cutover plan reads a subject of the registry, and hears from it what registering would', async () => {
  const subject = 'planned-value';
  const schemas = ['v1', 'v2', 'v3'].map((version) => rawWriting(version, 'tightened').schema);
  await setMode(subject, 'NONE');
  for (const schema of schemas.slice(0, 2)) assert.ok(await register(subject, schema));
  const folder = await mkdtemp(join(tmpdir(), 'cutover-plan-'));
  try {
    const next = join(folder, 'v3.avsc');
    await writeFile(next, JSON.stringify(schemas[2]));
    const args = ['plan', '--subject', subject, '--registry', lab.addresses.registry, '--to', next];
    for (const mode of compatibilityModes) {
      await setMode(subject, mode);
      const { exitCode, out } = await runCli([...args, '--json']);
      const { compatibility, registrySays, modes } = JSON.parse(out.join(''));
      const own = modes.find((each: { mode: string }) => each.mode === mode);
      assert.deepEqual([compatibility, registrySays], [mode, own.accepted], mode);
      assert.equal(exitCode, own.accepted ? 0 : 1, mode);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
