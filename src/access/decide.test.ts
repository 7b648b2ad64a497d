import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, parsePolicy, type AccessRequest, type Decision } from './index.ts';

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/pets/7';

function decided(statements: unknown, request: Partial<AccessRequest> = {}): Decision {
  const policy = parsePolicy({ Version: '2012-10-17', Statement: statements });
  assert.ok(policy);
  return decide([policy], { action: 'execute-api:Invoke', resource: ARN, principal: null, keys: () => undefined, ...request });
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
test('nothing is allowed but what is, and a deny wins', () => {
  assert.equal(decided([]), 'implicit');
  const allow = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*/GET/*' };
  assert.equal(decided(allow), 'allow');
  assert.equal(decided([allow, { Effect: 'Deny', Action: 'execute-api:*', Resource: '*' }]), 'deny');
  assert.equal(decided({ ...allow, Action: 'EXECUTE-API:invoke' }), 'allow');
  assert.equal(decided({ ...allow, Resource: 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*/POST/*' }), 'implicit');
  assert.equal(decided({ Effect: 'Allow', NotAction: 's3:*', NotResource: '*/DELETE/*' }), 'allow');
});

test('conditions are ANDed, their values ORed', () => {
  const keys = (key: string): string | undefined => ({ 'aws:sourceip': '10.1.2.3', 'aws:sourcevpce': 'vpce-1' })[key];
  const when = (Condition: unknown): Decision => decided({ Effect: 'Allow', Action: '*', Resource: '*', Condition }, { keys });
  assert.equal(when({ IpAddress: { 'aws:SourceIp': ['192.168.0.0/16', '10.0.0.0/8'] } }), 'allow');
  assert.equal(when({ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }), 'implicit');
  assert.equal(when({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' }, StringEquals: { 'aws:SourceVpce': 'vpce-2' } }), 'implicit');
  assert.equal(when({ StringLike: { 'aws:SourceVpce': 'vpce-?' } }), 'allow');
  assert.equal(when({ StringEquals: { 'aws:Nobody': 'x' } }), 'implicit');
  assert.equal(when({ StringEqualsIfExists: { 'aws:Nobody': 'x' } }), 'allow');
  assert.equal(when({ StringNotEquals: { 'aws:Nobody': 'x' } }), 'allow');
  assert.equal(when({ Null: { 'aws:Nobody': 'true' } }), 'allow');
});

test('a condition that nobody can evaluate allows nothing, and denies', () => {
  const Condition = { WeatherIs: { 'aws:SourceIp': 'fine' } };
  assert.equal(decided({ Effect: 'Allow', Action: '*', Resource: '*', Condition }), 'implicit');
  assert.equal(decided([{ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: '*', Resource: '*', Condition }]), 'deny');
});

test('principals: accounts, roles for their sessions, services', () => {
  const to = (Principal: unknown, principal: AccessRequest['principal']): Decision => decided({ Effect: 'Allow', Principal, Action: '*', Resource: '*' }, { principal });
  const user = { kind: 'AWS', id: 'arn:aws:iam::123456789012:user/ann' } as const;
  const session = { kind: 'AWS', id: 'arn:aws:sts::123456789012:assumed-role/reader/job' } as const;
  assert.equal(to('*', null), 'allow');
  assert.equal(to({ AWS: '123456789012' }, user), 'allow');
  assert.equal(to({ AWS: 'arn:aws:iam::123456789012:root' }, session), 'allow');
  assert.equal(to({ AWS: 'arn:aws:iam::210987654321:root' }, user), 'implicit');
  assert.equal(to({ AWS: 'arn:aws:iam::123456789012:role/team/reader' }, session), 'allow');
  assert.equal(to({ Service: 'apigateway.amazonaws.com' }, { kind: 'Service', id: 'apigateway.amazonaws.com' }), 'allow');
  assert.equal(to({ Service: 'apigateway.amazonaws.com' }, user), 'implicit');
});

test('what is no policy is none', () => {
  for (const given of ['nonsense', { Statement: [{ Effect: 'Maybe', Action: '*' }] }, { Statement: [{ Effect: 'Allow' }] }, { Statement: [{ Effect: 'Allow', Action: 7n, Resource: '*' }] }, 3]) assert.equal(parsePolicy(given), null);
});
