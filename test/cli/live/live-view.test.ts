/** Tests how a live view reaches a terminal, a file and a script. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLiveView } from '../../../src/cli/live/live-view.ts';
import { createTerminal } from '../../../src/cli/terminal.ts';
import { exampleTimeline } from '../../history/example-timeline.ts';
import { createScreenModel } from './screen-model.ts';

const events = exampleTimeline({ rolledBack: true });

/** A stream that keeps what is written to it. */
function kept() {
  const written: string[] = [];
  return { written, write: (text: string) => written.push(text) };
}

suite('on a terminal', () => {
  test('the view is redrawn in place, and lines for people stand above it', async () => {
    const screen = createScreenModel(100, 40);
    const terminal = createTerminal(kept(), screen);
    const view = createLiveView(terminal, { title: 'v1 → v2' });
    for (const event of events.filter(({ atMs }) => atMs <= 15_000)) view.event(event);
    await sleep(150);
    terminal.note('a line for people');
    for (const event of events.filter(({ atMs }) => atMs > 15_000)) view.event(event);
    await sleep(150);
    view.close();
    const lines = screen.lines();
    assert.equal(lines[0], 'a line for people');
    assert.equal(lines.filter((line) => line.startsWith('v1 → v2')).length, 1, lines.join('\n'));
    assert.equal(lines.filter((line) => line.startsWith('gates')).length, 1, lines.join('\n'));
    assert.match(lines.join('\n'), /✔ restored: v1 serves all readers/);
  });

  test('many events are drawn at most ten times a second', async () => {
    const screen = createScreenModel(100, 40);
    const view = createLiveView(createTerminal(kept(), screen), { title: 'many' });
    const before = screen.writes();
    for (const event of events) view.event(event);
    assert.equal(screen.writes(), before, 'nothing is drawn at once');
    view.close();
  });

  test('after it got narrower nothing of the old drawing is left', async () => {
    const screen = createScreenModel(120, 60);
    const view = createLiveView(createTerminal(kept(), screen), { title: 'narrower' });
    for (const event of events) view.event(event);
    await sleep(150);
    screen.resize(50);
    await sleep(150);
    view.close();
    const titles = screen.lines().filter((line) => line.startsWith('narrower'));
    assert.equal(titles.length, 1, screen.lines().join('\n'));
    assert.ok(screen.lines().every((line) => line.length <= 50));
  });

  test('what is written after the end stands below the last drawing', () => {
    const screen = createScreenModel(100, 40);
    const terminal = createTerminal(kept(), screen);
    const view = createLiveView(terminal, { title: 'over' });
    view.close();
    terminal.note('afterwards');
    const lines = screen.lines();
    assert.ok(lines.indexOf('afterwards') > lines.findIndex((line) => line.startsWith('over')));
  });
});

suite('elsewhere', () => {
  test('events are lines, and measurements are summed up now and then', () => {
    const err = kept();
    const view = createLiveView(createTerminal(kept(), err), { title: 'v1 → v2' });
    for (const event of events) view.event(event);
    view.close();
    const text = err.written.join('');
    assert.ok(!text.includes('\x1b'), 'no control characters');
    assert.match(text, /^ {2}12\.0 s {2}◌ step 4: back end: 25 % of the partitions to v2$/m);
    assert.match(text, /^ {2}16\.0 s {2}✔ step 4 done: .*asked for 25 %, achieved 24\.3 %/m);
    const standing = err.written.filter((line) => line.includes('counted v'));
    assert.equal(standing.length, 6, err.written.join(''));
    assert.match(standing[2] ?? '', /lag \d[\d,]* records, \d\.\d s · 100 requests\/s · 0 errors/);
  });

  test('--json is one event a line on standard output', () => {
    const [out, err] = [kept(), kept()];
    const view = createLiveView(createTerminal(out, err), { title: 'v1 → v2', json: true });
    for (const event of events) view.event(event);
    view.close();
    assert.deepEqual(
      out.written.map((line) => JSON.parse(line)),
      events,
    );
    assert.deepEqual(err.written, []);
  });
});
