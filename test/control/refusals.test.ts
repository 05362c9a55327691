/** Tests what stands against an upgrade of a running lab. */

import assert from 'node:assert/strict';
import test from 'node:test';
import type { LabControl, UpgradeRequest } from '../../src/control/protocol.ts';
import {
  busyRefusals,
  notPaused,
  tooFewRecords,
  wrongVersion,
} from '../../src/control/refusals.ts';

const idle: LabControl = {
  lab: 'demo',
  serving: { generator: 'v2', 'back-end': 'v2', stats: 'v2' },
  upgrade: null,
  failure: null,
};
const request: UpgradeRequest = {
  ...{ to: 'v3', strategy: 'canary', order: 'consumers-first', build: 'good', rollback: 'none' },
  ...{ steps: [25, 100], bakeRecords: 1_000 },
};
const codes = (refusals: readonly { readonly code: string }[]) => refusals.map(({ code }) => code);

test('one upgrade at a time; a paused one must be taken back first', () => {
  assert.deepEqual(busyRefusals(idle), []);
  const underWay = { ...idle, upgrade: { to: 'v3', state: 'under way' } } as const;
  const paused = { ...idle, upgrade: { to: 'v3', state: 'paused' } } as const;
  assert.deepEqual(codes(busyRefusals(underWay)), ['UNDER_WAY']);
  assert.match(busyRefusals(paused)[0]?.message ?? '', /--take-back --name demo/);
  assert.deepEqual(codes(notPaused(idle)), ['NOT_PAUSED']);
  assert.deepEqual(codes(notPaused(underWay)), ['UNDER_WAY']);
  assert.deepEqual(notPaused(paused), []);
});

test('after an upgrade that broke off nothing is upgraded nor taken back', () => {
  const broken = { ...idle, failure: 'the registry is gone' };
  assert.deepEqual(codes(busyRefusals(broken)), ['BROKEN']);
  assert.deepEqual(codes(notPaused(broken)), ['BROKEN']);
  assert.match(busyRefusals(broken)[0]?.message ?? '', /the registry is gone\. Mend: /);
});

test('versions are compared by number, and by the latest service', () => {
  const versions = ['v1', 'v2', 'v3', 'v10'];
  assert.deepEqual(wrongVersion(idle, 'v10', versions), []);
  assert.deepEqual(codes(wrongVersion(idle, 'v2', versions)), ['NOT_LATER']);
  const mixed = { ...idle, serving: { ...idle.serving, stats: 'v10' } };
  assert.match(wrongVersion(mixed, 'v3', versions)[0]?.message ?? '', /Mend: stop the lab/);
});

test('each step of each service needs its records', () => {
  assert.deepEqual(tooFewRecords(idle, request, 6_000), []);
  assert.deepEqual(codes(tooFewRecords(idle, request, 5_999)), ['FEW_RECORDS']);
  assert.deepEqual(tooFewRecords(idle, { ...request, strategy: 'blue-green' }, 3_000), []);
});
