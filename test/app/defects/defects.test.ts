/** The defects are what they say, are told loudly, and cost nothing where none is chosen. */
import assert from 'node:assert/strict';
import test from 'node:test';
import pino from 'pino';
import { foldSlice } from '../../../src/app/back-end/fold.ts';
import type { BackEndParts, Defect } from '../../../src/app/defects/defect.ts';
import { editScript } from '../../../src/app/defects/edit-script.ts';
import { DEFECT_NAMES, loadDefect } from '../../../src/app/defects/index.ts';
import { inNextMonth } from '../../../src/app/defects/next-month.ts';
import type { RawRecord } from '../../../src/app/version.ts';
import { loadVersion } from '../../../src/app/versions/load.ts';

const silent = pino({ level: 'silent' });
const version = await loadVersion('v1');
const record = version.makeRecord(1, 'sku_000000', 12);

function parts(decoded: RawRecord = record): BackEndParts {
  const decoder = { prepare: async () => undefined, isPrepared: () => true, decode: () => decoded };
  return {
    ...{ version, decoder, foldSlice },
    openState: () => assert.fail('no state is opened here'),
  };
}

/** The state row of so many records, each as the defect has it. */
function folded(defect: Defect, count: number, make = (_at: number) => record): number[] {
  const { fold } = (defect.backEnd?.(parts()) ?? parts()).version;
  const row = new Array<number>(version.columns).fill(0);
  for (let at = 0; at < count; at++) fold(row, make(at));
  return row;
}

test('each defect is told loudly, and none is silent', async () => {
  for (const name of DEFECT_NAMES) {
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
    const { what, backEnd, generator } = await loadDefect(name, log);
    assert.equal(lines.length, name === 'none' ? 0 : 1);
    if (name === 'none') assert.deepEqual([backEnd, generator], [undefined, undefined]);
    else assert.ok(lines[0]?.includes(`DEFECT=${name} IS ON`) && lines[0].includes(what));
  }
});

test('a defect that edits scripts does not start where the text is not there', () => {
  assert.equal(editScript('a b c', [['b ', '']]), 'a c');
  assert.throws(() => editScript('a', [['b', '']]), /has no text "b"/);
});

test('double-count counts each 300th record twice', async () => {
  const defect = await loadDefect('double-count', silent);
  assert.equal(folded(defect, 299)[0], 299);
  assert.equal(folded(defect, 900)[0], 903);
});

test('drop-and-duplicate leaves the number of records right, and the total wrong', async () => {
  const defect = await loadDefect('drop-and-duplicate', silent);
  const make = (at: number) => version.makeRecord(1, 'sku_000000', at);
  const [sound, wrong] = [folded({ what: '' }, 744, make), folded(defect, 744, make)];
  assert.equal(wrong[0], sound[0]);
  assert.notEqual(wrong[1], sound[1]);
});

test('months that are mistaken stay in the calendar', () => {
  const at = (year: number, month: number, day: number) => ({ ...record, year, month, day });
  assert.deepEqual(inNextMonth(at(2000, 1, 31)), at(2000, 2, 28));
  assert.deepEqual(inNextMonth(at(2000, 12, 5)), at(2001, 1, 5));
  assert.deepEqual(inNextMonth(at(2024, 2, 5)), at(2024, 2, 5));
  for (const month of [1, 6, 12])
    assert.equal(version.problem(inNextMonth(at(2003, month, 30))), undefined);
});

test('wrong-month moves each 300th record, off-by-one-month all, default-for-unknown fills in', async () => {
  const decodes = async (name: string, times: number, decoded = record) => {
    const built = (await loadDefect(name, silent)).backEnd?.(parts(decoded));
    const all = Array.from({ length: times }, () => built?.decoder.decode(Buffer.alloc(0), 1));
    return all.filter((each) => JSON.stringify(each) !== JSON.stringify(decoded)).length;
  };
  assert.equal(await decodes('wrong-month', 900), 3);
  assert.equal(await decodes('off-by-one-month', 5), 5);
  assert.equal(await decodes('default-for-unknown', 5), 0);
  assert.equal(await decodes('default-for-unknown', 5, { ...record, defect_qty: null }), 5);
});

test('bad-schema declares and writes text where a number is due', async () => {
  const built = (await loadDefect('bad-schema', silent)).generator?.(version);
  const field = built
    ?.rawDataSchema('optional')
    .fields.find(({ name }) => name === 'manufactured_qty');
  assert.equal(field?.type, 'string');
  assert.equal(
    built?.makeRecord(1, 'sku_000000', 12).manufactured_qty,
    String(record.manufactured_qty),
  );
});
