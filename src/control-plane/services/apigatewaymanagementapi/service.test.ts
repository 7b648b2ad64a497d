import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionOutcome, ConnectionRequest } from '../../../snapshot/index.ts';
import { testCall, testEnvironment } from '../../../../test/support/environment.ts';
import { managementAddress } from './address.ts';
import { managementService } from './service.ts';

const ID = 'L0SM9cOFvHcCIhw=';

function service(outcome: ConnectionOutcome) {
  const asked: ConnectionRequest[] = [];
  const environment = testEnvironment();
  const { operations } = managementService(environment, {
    command: (request) => {
      asked.push(request);
      return Promise.resolve(outcome);
    },
  });
  return { asked, environment, operations };
}

test('the address names API and stage, or neither', () => {
  const host = 'abcdefghij.execute-api.us-east-1.localhost:8443';
  assert.deepEqual(managementAddress({ host, prefix: '/prod' }), { apiId: 'abcdefghij', stage: 'prod' });
  assert.deepEqual(managementAddress({ host, prefix: '/my%20stage' }), { apiId: 'abcdefghij', stage: 'my stage' });
  assert.deepEqual(managementAddress({ host, prefix: '' }), { apiId: 'abcdefghij', stage: null });
  assert.deepEqual(managementAddress({ host: '127.0.0.1:4566', prefix: '/prod' }), { apiId: null, stage: null });
  assert.deepEqual(managementAddress({ host: '127.0.0.1:4566', prefix: '/_aws/execute-api/abcdefghij/prod' }), { apiId: 'abcdefghij', stage: 'prod' });
});

test('outcomes become the errors of the model', async () => {
  const cases: readonly (readonly [ConnectionOutcome, string])[] = [
    [{ kind: 'gone' }, 'GoneException'], [{ kind: 'malformed' }, 'BadRequestException'], [{ kind: 'full' }, 'LimitExceededException'], [{ kind: 'throttled' }, 'LimitExceededException'],
    [{ kind: 'too-large' }, 'PayloadTooLargeException'],
  ];
  for (const [outcome, code] of cases) {
    const { operations } = service(outcome);
    await assert.rejects(async () => operations['PostToConnection']!({ ConnectionId: ID, Data: Buffer.from('x') }, testCall()), { code });
  }
  const { operations, asked } = service({ kind: 'done' });
  await assert.rejects(async () => operations['PostToConnection']!({ ConnectionId: ID, Data: Buffer.alloc(131_073) }, testCall()), { code: 'PayloadTooLargeException' });
  assert.deepEqual(asked, []);
});

test('the scope is the caller\'s account and region; an API that is not his is forbidden', async () => {
  const { operations, asked } = service({ kind: 'done' });
  await operations['DeleteConnection']!({ ConnectionId: ID }, testCall({ account: '111122223333', region: 'eu-west-1' }));
  assert.deepEqual(asked[0]!.scope, { account: '111122223333', region: 'eu-west-1', apiId: null, stage: null });
  await assert.rejects(async () => operations['DeleteConnection']!({ ConnectionId: ID }, testCall({ host: 'abcdefghij.execute-api.us-east-1.localhost', prefix: '/prod' })), { code: 'ForbiddenException' });
});
