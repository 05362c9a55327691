/** Tests what the charts of a report are made of: ownership, shares, rates and marks, from a timeline that is known. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { Chart } from '../../src/report/chart.ts';
import { chartsOf } from '../../src/report/chart-data.ts';
import { marksOf, reactionOf } from '../../src/report/marks.ts';
import { exampleTimeline } from '../history/example-timeline.ts';

const timeline = exampleTimeline({ fault: true });
const charts = chartsOf(timeline);

function chart(id: string, all: readonly Chart[] = charts): Chart {
  const found = all.find((each) => each.id === id);
  assert.ok(found, `no chart ${id} among ${all.map((each) => each.id)}`);
  return found;
}

/** Values of all series at a second, by name. */
function at({ seconds, series }: Chart, second: number): Record<string, number | null> {
  const index = seconds.indexOf(second);
  assert.ok(index >= 0, `nothing at ${second} s`);
  return Object.fromEntries(
    series.map(({ name, values }) => [name, rounded(values[index] ?? null)]),
  );
}

const rounded = (value: number | null) => (value === null ? null : Number(value.toFixed(3)));

suite('charts', () => {
  test('every series has a value for every second', () => {
    for (const { id, seconds, series } of charts) {
      for (const { name, values } of series) assert.equal(values.length, seconds.length, id + name);
    }
  });

  test('ownership counts partitions by version, and those that nobody owns', () => {
    assert.deepEqual(at(chart('ownership'), 10), { v1: 6, v2: 0, nobody: 0 });
    assert.deepEqual(at(chart('ownership'), 12.5), { v1: 3, v2: 2, nobody: 1 });
    assert.deepEqual(at(chart('ownership'), 30), { v1: 0, v2: 6, nobody: 0 });
  });

  test('the share achieved stands beside the share asked', () => {
    assert.deepEqual(at(chart('share-back-end'), 15), { asked: 25, 'achieved by v2': 33.333 });
    assert.deepEqual(at(chart('share-stats'), 7), { asked: 25, 'achieved by v2': 26 });
    assert.deepEqual(at(chart('share-generator'), 10), { asked: 0, 'achieved by v2': 0 });
  });

  test('a way back asks for what is left of the new version', () => {
    const back = chart('share-back-end', chartsOf(exampleTimeline({ rolledBack: true })));
    assert.deepEqual(at(back, 19), { asked: 50, 'achieved by v2': 50 });
    assert.deepEqual(at(back, 23), { asked: 0, 'achieved by v2': 0 });
  });

  test('throughput is records per second by version', () => {
    const { produced, ...counted } = at(chart('throughput'), 19);
    assert.deepEqual(counted, { 'counted by v1': 4_000, 'counted by v2': 4_000 });
    assert.equal(produced, 8_000);
    assert.deepEqual(Object.values(at(chart('throughput'), 0.5)), [null, null, null]);
  });

  test('a timeline without measurements has none', () => {
    assert.deepEqual(chartsOf(timeline.filter(({ kind }) => kind === 'step')), []);
  });
});

suite('marks', () => {
  test('are steps, decisions, faults with their length, and gates whose word changes', () => {
    const marks = marksOf(timeline);
    const ofKind = (kind: string) => marks.filter((mark) => mark.kind === kind);
    assert.equal(ofKind('step').length, 9);
    const { from, to, text } = ofKind('fault')[0] ?? {};
    assert.deepEqual([from, to, text], [13, 14.5, 'Fault: kill of back-end-v2-0']);
    assert.deepEqual(
      ofKind('good').map((mark) => mark.text),
      ['Promoted: every gate passed at 100 %'],
    );
    const bad = marksOf(exampleTimeline({ rolledBack: true })).filter(({ kind }) => kind === 'bad');
    assert.deepEqual(
      bad.map((mark) => mark.text.split(':')[0]),
      ['Gate prefix', 'Rolled back'],
    );
  });

  test('a fault that was not healed lasts to the end', () => {
    const unhealed = timeline.filter((each) => each.kind !== 'fault' || each.phase === 'begin');
    const fault = marksOf(unhealed).find(({ kind }) => kind === 'fault');
    assert.equal(fault?.to, (timeline.at(-1)?.atMs ?? 0) / 1000);
  });

  test('the reaction is told in its parts, from the first step of the service', () => {
    assert.deepEqual(reactionOf(exampleTimeline({ rolledBack: true })), {
      gate: 'prefix',
      detectMs: 5_900,
      decideMs: 60,
      restoreMs: 8_440,
    });
    assert.equal(reactionOf(timeline), null);
  });
});
