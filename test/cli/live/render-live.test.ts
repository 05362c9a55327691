/** Tests the lines of the live view: what they say, that they fit, and that colour is never alone. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { emptyView, reduceTimeline } from '../../../src/cli/live/live-state.ts';
import { renderLive } from '../../../src/cli/live/render-live.ts';
import type { TimelineEvent } from '../../../src/history/timeline.ts';
import { exampleTimeline } from '../../history/example-timeline.ts';

const events = exampleTimeline({ fault: true });
const until = (ms: number, from: readonly TimelineEvent[] = events) =>
  from.filter(({ atMs }) => atMs <= ms).reduce(reduceTimeline, emptyView('v1 → v2, canary'));
const plain = (ms: number, width = 100, from = events) =>
  renderLive(until(ms, from), { width, colour: false });
const lineWith = (lines: readonly string[], part: string) => {
  const found = lines.find((line) => line.includes(part));
  assert.ok(found, `no line has ${part} in:\n${lines.join('\n')}`);
  return found;
};

suite('in the middle of a canary', () => {
  const lines = plain(15_000);

  test('the head says what runs, since when, and the step under way', () => {
    assert.equal(lines[0], 'v1 → v2, canary');
    assert.match(
      lines[1] ?? '',
      /^▶ step 4: back end: 25 % of the partitions to v2 since 3\.0 s, 8,000 records by v2 {2,}15\.0 s$/,
    );
  });

  test('a step of the readers counts answers', () => {
    assert.match(
      plain(7_000)[1] ?? '',
      /stats: 25 % of the readers to v2 since 3\.0 s, 78 answers by v2/,
    );
  });

  test('services have their versions, and these their instances with what they own', () => {
    const names = lines.map((line) => line.trimEnd());
    const at = (name: string) => names.findIndex((line) => line.includes(name));
    assert.ok(
      at('generator') < at('back end ') && at('back end ') < at('stats  '),
      lines.join('\n'),
    );
    assert.match(lineWith(lines, '├─ back-end '), /v1 +✔ 1\/1 .* counted/);
    assert.match(lineWith(lines, '│  └─ back-end-0'), /✔ ready .*partitions 2-5/);
    assert.match(lineWith(lines, '   └─ back-end-v2-0'), /✔ ready .*partitions 0-1/);
  });

  test('the share asked for stands beside the share achieved', () => {
    assert.match(lineWith(lines, '└─ back-end-v2 '), / 25 % → 33\.3 % /);
    assert.match(lineWith(lines, '├─ back-end '), / 75 % → 66\.7 % /);
    assert.match(lineWith(lines, '└─ stats-v2 '), / 100 % → 100 % /);
  });

  test('lag, readers and gates are told in numbers and marks', () => {
    assert.match(lineWith(lines, 'back end '), /lag \d+ records, 0\.1 s/);
    assert.match(lineWith(lines, 'stats  '), /100 requests\/s · 0 errors · longest gap \d+ ms/);
    assert.equal(
      lineWith(lines, 'gates'),
      'gates  ✔ restarts  ✔ lag  ✔ undecodable  ✔ prefix  ✔ availability',
    );
  });

  test('what happened last is listed with its time', () => {
    assert.equal(lineWith(lines, 'fault: kill'), '  13.0 s  ✖ fault: kill of back-end-v2-0');
    assert.match(lineWith(lines, 'fault over'), /^ {2}14\.5 s {2}✔ fault over/);
  });
});

suite('when something is wrong', () => {
  const lines = plain(18_000, 120, exampleTimeline({ rolledBack: true }));

  test('the gate that fails says why', () => {
    assert.match(lineWith(lines, 'gates'), /✖ prefix/);
    assert.match(lineWith(lines, '  ✖ prefix: partition 1'), /41,904 widgets/);
  });

  test('the decision is told with its reason', () => {
    assert.match(lineWith(lines, 'roll-back:'), /✖ roll-back: the gate prefix failed/);
  });

  test('an instance that does not answer, dead letters and partitions without an owner are seen', () => {
    const troubled = events.map((event) =>
      event.kind === 'sample' ? { ...event, ...trouble(event) } : event,
    );
    const shown = plain(15_000, 140, troubled);
    assert.match(lineWith(shown, 'back-end-v2-0'), /✖ not ready 3 restarts/);
    assert.match(lineWith(shown, 'back end '), /7 undecodable · nobody owns 0-5/);
  });
});

function trouble(event: Extract<TimelineEvent, { kind: 'sample' }>) {
  const instances = [{ name: 'back-end-v2-0', ready: false, restarts: 3 }];
  return {
    undecodable: 7,
    deployments: event.deployments.map((each) => {
      return each.name === 'back-end-v2' ? { ...each, instances } : each;
    }),
    partitions: event.partitions.map((each) => ({ ...each, owner: null, version: null })),
  };
}

suite('size and colour', () => {
  test('no line is wider than asked', () => {
    for (const width of [20, 40, 79]) {
      for (const line of plain(18_000, width, exampleTimeline({ rolledBack: true }))) {
        assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
      }
    }
  });

  test('no more lines than rows as far as notes can go', () => {
    const full = renderLive(until(15_000), { width: 100, colour: false });
    const low = renderLive(until(15_000), { width: 100, colour: false, height: full.length - 3 });
    assert.equal(low.length, full.length - 3);
    assert.ok(low.at(-1)?.includes('fault over'), 'the latest notes stay');
  });

  test('colours change no text', () => {
    const coloured = renderLive(until(15_000), { width: 100, colour: true });
    assert.ok(coloured.join('').includes('\x1b['));
    assert.deepEqual(coloured.map(stripVTControlCharacters), plain(15_000));
  });

  test('before anything was seen it says so', () => {
    assert.deepEqual(renderLive(emptyView('a title'), { width: 34, colour: false }).slice(1), [
      '— no step under way, 0 done  0.0 s',
      '',
      'nothing was seen of the applicatio',
    ]);
  });
});

suite('the view', () => {
  test('rates and achieved shares are of the last seconds only', () => {
    // 2 s after all partitions went over, the 3 s window still holds some of v1; later none.
    assert.match(lineWith(plain(24_000), 'back-end-v2 '), /100 % → 100 %/);
    assert.match(lineWith(plain(22_000), 'back-end-v2 '), /100 % → 8\d\.\d %/);
  });

  test('readers are summed up over the whole time', () => {
    const view = until(10_000);
    assert.equal(view.readers.requests, 1_000);
    assert.ok(view.samples.length <= 8, `${view.samples.length} samples are kept`);
  });

  test('an event changes no earlier view', () => {
    const view = Object.freeze(until(15_000));
    const before = JSON.stringify(view);
    events.reduce(reduceTimeline, view);
    assert.equal(JSON.stringify(view), before);
  });
});
