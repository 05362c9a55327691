/** Wrong settings are reported all at once, each with the variable's name. */
import assert from 'node:assert/strict';
import test from 'node:test';
import Type from 'typebox';
import {
  CommonSettings,
  HostPort,
  readSettings,
  SettingsError,
} from '../../../src/app/runtime/settings.ts';

const Settings = Type.Object({ ...CommonSettings, VALKEY: HostPort('state DB') });
const GOOD = {
  APP_VERSION: 'v2',
  KAFKA_BOOTSTRAP: 'a:1,b:2',
  REGISTRY_URL: 'http://127.0.0.1:8081/x',
  VALKEY: '127.0.0.1:6379',
};

test('text becomes the schema’s types, and what is not set its default', () => {
  const settings = readSettings(Settings, { ...GOOD, PORT: '8080', SEED: '' });
  assert.equal(settings.PORT, 8080);
  assert.equal(settings.SEED, 1);
  assert.equal(settings.HOST, '127.0.0.1');
});

test('five mistakes give five problems', () => {
  const wrong = {
    APP_VERSION: 'v9',
    KAFKA_BOOTSTRAP: 'nowhere',
    PORT: '99999',
    SEED: '-1',
    VALKEY: '',
  };
  const problemsOf = () => {
    try {
      readSettings(Settings, { ...GOOD, ...wrong });
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.problems;
    }
    return [];
  };
  const named = problemsOf().map((problem) => problem.split(' ')[0]);
  assert.deepEqual(named.sort(), ['APP_VERSION', 'KAFKA_BOOTSTRAP', 'PORT', 'SEED', 'VALKEY']);
  assert.match(problemsOf().join('\n'), /v1, v2, v3/);
});
