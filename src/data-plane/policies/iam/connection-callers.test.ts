import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signHeaders, type SigningOptions } from '../../../aws/index.ts';
import { FakeClock } from '../../../kernel/index.ts';
import type { Identity } from '../../../snapshot/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { ConnectionCallers } from './connection-callers.ts';
import { Signers } from './step.ts';

const STAGE = { account: '123456789012', region: 'eu-west-1', apiId: 'abcdefghij', stage: 'prod' };
const ID = 'L0SM9cOFvHcCIhw=';
const URL = `/prod/@connections/${encodeURIComponent(ID)}`;
const NOW = Date.UTC(2026, 0, 1);
const ALLOW = '{"Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}]}';

function identity(more: Partial<Identity> = {}): Identity {
  return {
    id: 'AKIDEXAMPLE', secret: 'secret', sessionToken: null, expiresAt: null, account: STAGE.account, principal: `arn:aws:iam::${STAGE.account}:user/ann`, userId: 'AIDAEXAMPLE', policies: [ALLOW], boundary: null, ...more,
  };
}

/** What comes of a request that is signed so; null: it may pass. */
function refusal(who: Identity, { verifies = false, unsigned = false, ...signing }: Partial<SigningOptions> & { readonly verifies?: boolean; readonly unsigned?: boolean } = {}): string | null {
  const clock = new FakeClock(NOW);
  const signers = new Signers([who]);
  const callers = new ConnectionCallers(STAGE, { signers: () => signers, clock, verifies });
  const body = Buffer.from('hello');
  const options = { accessKeyId: who.id, secret: who.secret, region: STAGE.region, service: 'execute-api', now: NOW, ...signing };
  const fields = unsigned ? [] : signHeaders({ method: 'POST', url: URL, headers: [['Host', 'h']], body }, options).headers;
  const headers = [['Host', 'h'], ...fields].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const exchange = { method: 'POST', target: URL, headers, userAgent: null, startedWall: NOW, downstream: { remoteAddress: '127.0.0.1', tls: null } } as unknown as Exchange;
  return callers.refusal(exchange, { method: 'POST', connectionId: ID, body })?.code ?? null;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
test('keys that nobody knows stand for an account, unless signatures are demanded', () => {
  const nobody = { accessKeyId: STAGE.account };
  assert.equal(refusal(identity(), nobody), null);
  assert.equal(refusal(identity(), { accessKeyId: '999999999999' }), 'ForbiddenException');
  assert.equal(refusal(identity(), { unsigned: true }), 'ForbiddenException', 'of the default account');
  assert.equal(refusal(identity(), { ...nobody, verifies: true }), 'UnrecognizedClientException');
  assert.equal(refusal(identity(), { unsigned: true, verifies: true }), 'MissingAuthenticationTokenException');
});

test('keys that are known are held to their signature, and to the policies of their owner', () => {
  for (const verifies of [false, true]) {
    assert.equal(refusal(identity(), { verifies }), null);
    assert.equal(refusal(identity(), { verifies, secret: 'guessed' }), 'InvalidSignatureException');
    assert.equal(refusal(identity(), { verifies, region: 'us-east-1' }), 'InvalidSignatureException');
    assert.equal(refusal(identity({ policies: [] }), { verifies }), 'AccessDeniedException');
    assert.equal(refusal(identity({ policies: [ALLOW, 'not JSON'] }), { verifies }), 'AccessDeniedException', 'what cannot be read may have denied');
    assert.equal(refusal(identity({ boundary: '{}' }), { verifies }), 'AccessDeniedException');
    assert.equal(refusal(identity({ boundary: ALLOW.replace('Allow', 'Deny') }), { verifies }), 'AccessDeniedException');
    assert.equal(refusal(identity({ account: '999999999999' }), { verifies }), 'AccessDeniedException', 'of another account');
  }
});

test('sessions need their token, while it lasts', () => {
  const session = identity({ id: 'ASIAEXAMPLE', sessionToken: 'token', expiresAt: NOW + 1000 });
  assert.equal(refusal(session, { sessionToken: 'token' }), null);
  assert.equal(refusal(session), 'UnrecognizedClientException');
  assert.equal(refusal(session, { sessionToken: 'another' }), 'UnrecognizedClientException');
  assert.equal(refusal({ ...session, expiresAt: NOW }, { sessionToken: 'token' }), 'ExpiredTokenException');
});

test('who came in elsewhere is asked about by the key that he names', () => {
  const signers = new Signers([identity({ policies: [] })]);
  const callers = new ConnectionCallers(STAGE, { signers: () => signers, clock: new FakeClock(NOW), verifies: false });
  const caller = { sourceIp: '127.0.0.1', userAgent: null, secure: false };
  assert.equal(callers.denial({ method: 'GET', connectionId: ID }, { ...caller, accessKeyId: 'unknown' }), null);
  assert.equal(
    callers.denial({ method: 'GET', connectionId: ID }, { ...caller, accessKeyId: 'AKIDEXAMPLE' }),
    'User: arn:aws:iam::123456789012:user/ann is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:eu-west-1:********9012:abcdefghij/prod/GET/@connections/{connectionId}',
  );
});
