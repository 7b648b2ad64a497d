import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings, SettingError, type SettingKey } from './settings.ts';

type Options = Readonly<Partial<Record<SettingKey, string>>>;

test('an option stands before a variable, a variable before the default', () => {
  const variables = { TURNPIKE_WORKERS: '3', TURNPIKE_DRAIN_SECONDS: '7', UNRELATED: 'x' };
  const { workers, drainMs, connectionLimit } = readSettings({ workers: '2' }, variables);
  assert.deepEqual([workers, drainMs, connectionLimit], [2, 7_000, 50_000]);
});

test('paths are put behind URLs: they have no slash at their ends', () => {
  const { services, traces, logStore, cognitoDomains } = readSettings({
    'service-endpoint': 'http://127.0.0.1:9324/base//', 'otlp-endpoint': 'http://127.0.0.1:4318/', 'log-store': 'https://s3.test/', 'log-store-credentials': 'a:b', 'cognito-domains': 'login=https://login.test/',
  }, {});
  assert.deepEqual([services?.url, traces?.endpoint, logStore?.url, cognitoDomains['login']?.url], ['http://127.0.0.1:9324/base', 'http://127.0.0.1:4318', 'https://s3.test', 'https://login.test']);
});

for (const [options, ...words] of [
  [{ endpoint: 'nowhere' }, 'endpoint', '"nowhere"', 'HOST:PORT'], [{ endpoint: '127.0.0.1:70000' }, 'endpoint', '70000', 'HOST:PORT'],
  [{ workers: '0' }, 'workers', '"0"', 'from 1 to 256'], [{ workers: 'many' }, 'workers', '"many"', 'whole number'], [{ 'drain-seconds': '1.5' }, 'drain-seconds', '"1.5"', 'from 0 to 3600'],
  [{ h2c: 'perhaps' }, 'h2c', '"perhaps"', 'yes or no'], [{ limits: 'rules' }, 'limits', '"rules"', 'NAME=NUMBER'], [{ limits: 'rules-per-balancer=1' }, 'limits', '"rules-per-balancer"', 'rules-per-application-load-balancer'], [{ 'jwt-algorithms': 'none' }, 'jwt-algorithms', '"none"', 'aws or all'],
  [{ 'beyond-aws': 'flying' }, 'beyond-aws', '"flying"', 'give names of'], [{ 'cognito-domains': 'x=ftp://x' }, 'cognito-domains', '"ftp://x"', 'give a URL'], [{ 'cognito-secrets': 'x' }, 'cognito-secrets', 'CLIENT_ID=SECRET'],
  [{ 'otlp-endpoint': 'collector' }, 'otlp-endpoint', '"collector"', 'http://127.0.0.1:4318'], [{ 'otlp-endpoint': 'http://c', 'trace-ratio': '2' }, 'trace-ratio', '"2"', 'from 0 to 1'],
  [{ 'service-endpoint': 'aws' }, 'service-endpoint', '"aws"', 'http://127.0.0.1:9324'], [{ 'service-endpoint': 'http://s', 'service-credentials': 'key' }, 'service-credentials', 'ACCESS-KEY-ID:SECRET'],
  [{ 'trace-ratio': '0.5' }, 'trace-ratio', 'otlp-endpoint', 'both, or neither'], [{ 'log-store-credentials': 'a:b' }, 'log-store-credentials', 'both, or neither'], [{ 'service-credentials': 'a:b' }, 'service-endpoint', 'both, or neither'],
  [{ 'log-store': 's3' }, 'log-store', '"s3"', 'S3-compatible'], [{ 'log-store': 'https://s' }, 'log-store-credentials', 'ACCESS_KEY_ID:SECRET'],
] as readonly (readonly [Options, ...string[]])[]) {
  test(`${JSON.stringify(options)} is refused, with what was given and what may be`, () => {
    assert.throws(() => readSettings(options, {}), (error: Error) => {
      assert.ok(error instanceof SettingError);
      for (const word of words) assert.ok(error.message.includes(word), `${error.message} has no ${word}`);
      return true;
    });
  });
}

test('what is secret does not stand in the sentence that refuses it', () => {
  for (const options of [{ 'service-endpoint': 'http://s', 'service-credentials': 'hush' }, { 'log-store': 'https://s', 'log-store-credentials': 'hush' }, { 'cognito-secrets': 'hush' }] as readonly Options[]) {
    assert.throws(() => readSettings(options, {}), (error: Error) => !error.message.includes('hush'));
  }
});
