/** The calendar covers the recorded time exactly. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { calendarHour, calendarProblem, HOURS } from '../../../src/app/runtime/calendar.ts';

test('the first hour is 2000-01-01 00:00 and the last is 2024-02-29 23:00', () => {
  assert.deepEqual(calendarHour(0), { year: 2000, month: 1, day: 1, hour: 0 });
  assert.deepEqual(calendarHour(HOURS - 1), { year: 2024, month: 2, day: 29, hour: 23 });
  assert.throws(() => calendarHour(HOURS), /211824 lies outside/);
});

test('every recorded hour is sound, is met once, and follows the one before', () => {
  let last = -1;
  for (let hours = 0; hours < HOURS; hours++) {
    const at = calendarHour(hours);
    assert.equal(calendarProblem(at), undefined);
    const packed = ((at.year * 12 + at.month) * 31 + at.day) * 24 + at.hour;
    assert.ok(packed > last);
    last = packed;
  }
});
