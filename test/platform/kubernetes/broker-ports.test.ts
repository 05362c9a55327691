/** Brokers get ports that are free on this machine, all of them side by side, and later commands find them again. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  externalPortOf,
  reserveBrokerPorts,
} from '../../../src/platform/kubernetes/broker-ports.ts';
import { KubernetesError } from '../../../src/platform/kubernetes/errors.ts';
import type { Forwards } from '../../../src/platform/kubernetes/forwards.ts';

/** Forwards on a machine where some ports belong to others. */
function forwardsBeside(taken: readonly number[]) {
  const open = new Map<string, number>();
  const forwards: Forwards = {
    async open({ name, localPort = 0 }) {
      if (taken.includes(localPort)) throw new KubernetesError('PORT_TAKEN', `${localPort}`);
      open.set(name, localPort);
      return `127.0.0.1:${localPort}`;
    },
    close: (name) => void open.delete(name),
    closeAll: () => open.clear(),
  };
  return { forwards, open };
}

const lab = { namespace: 'cutover', brokers: 3 };

test('the first ports are taken where nobody has them', async () => {
  const { forwards, open } = forwardsBeside([]);
  assert.equal(await reserveBrokerPorts({ ...lab, forwards }), 39_092);
  assert.deepEqual(Object.fromEntries(open), {
    'kafka-0': 39_092,
    'kafka-1': 39_093,
    'kafka-2': 39_094,
  });
});

test('where one of them is taken the next ones are, and no other stays open', async () => {
  const { forwards, open } = forwardsBeside([39_093, 39_102]);
  assert.equal(await reserveBrokerPorts({ ...lab, forwards }), 39_112);
  assert.deepEqual([...open.values()], [39_112, 39_113, 39_114]);
});

test('where all are taken the last one is named', async () => {
  const all = Array.from({ length: 2_000 }, (_, at) => 39_000 + at);
  const { forwards } = forwardsBeside(all);
  await assert.rejects(reserveBrokerPorts({ ...lab, forwards }), { code: 'PORT_TAKEN' });
});

test('a StatefulSet tells its port; one that does not has the first', () => {
  const setOf = (env?: { name: string; value: string }[]) => {
    const containers = [{ name: 'kafka', ...(env ? { env } : {}) }];
    return {
      spec: { selector: {}, serviceName: 'kafka', template: { spec: { containers } } },
    };
  };
  assert.equal(externalPortOf(setOf([{ name: 'KAFKA_EXTERNAL_PORT', value: '39102' }])), 39_102);
  assert.equal(externalPortOf(setOf()), 39_092);
});
