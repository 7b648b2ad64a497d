import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FunctionPolicy, isInvocationAllowed, parseFunctionName, type PolicyStatement } from './index.ts';

const FN = 'arn:aws:lambda:eu-west-1:123456789012:function:f';
const TG = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/tg/0123456789abcdef';
const ELB = { service: 'elasticloadbalancing.amazonaws.com', sourceArn: TG, sourceAccount: '123456789012' };

function allowed(statement: Partial<PolicyStatement>, arn = FN): boolean {
  const whole: PolicyStatement = { Sid: 's', Effect: 'Allow', Principal: { Service: ELB.service }, Action: 'lambda:InvokeFunction', Resource: FN, ...statement };
  const policy = { id: FN, statements: [whole] } as unknown as FunctionPolicy;
  return isInvocationAllowed({ get: (_kind, id) => (id === FN ? policy : undefined) }, arn, ELB);
}

const arnLike = (value: string): Partial<PolicyStatement> => ({ Condition: { ArnLike: { 'AWS:SourceArn': value } } });

for (const [name, statement, expected] of [
  ['the service alone', {}, true],
  ['everybody', { Principal: '*' }, true],
  ['another service', { Principal: { Service: 'apigateway.amazonaws.com' } }, false],
  ['an account', { Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, false],
  ['every action', { Action: '*' }, true],
  ['every action of lambda', { Action: 'lambda:*' }, true],
  ['another action', { Action: 'lambda:GetFunction' }, false],
  ['its target group', arnLike(TG), true],
  ['another target group', arnLike(TG.replace('/tg/', '/other/')), false],
  ['a wildcard', arnLike('arn:aws:elasticloadbalancing:*:123456789012:targetgroup/tg/*'), true],
  ['a wildcard does not cross parts', arnLike('arn:aws:elasticloadbalancing:*:targetgroup/tg/*'), false],
  ['a question mark', arnLike(TG.replace('/tg/', '/t?/')), true],
  ['a longer pattern', arnLike(`${TG}?`), false],
  ['its account', { Condition: { StringEquals: { 'AWS:SourceAccount': '123456789012' } } }, true],
  ['another account', { Condition: { StringEquals: { 'AWS:SourceAccount': '210987654321' } } }, false],
  ['both', { Condition: { StringEquals: { 'AWS:SourceAccount': '123456789012' }, ArnLike: { 'AWS:SourceArn': TG } } }, true],
  ['a key that a load balancer does not have', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, false],
] as const) {
  test(`a policy for ${name} ${expected ? 'allows' : 'does not allow'} a target group`, () => assert.equal(allowed(statement), expected));
}

test('a policy is for exactly its ARN', () => {
  assert.equal(allowed({}, `${FN}:1`), false);
});

test('function names in all their forms', () => {
  const caller = { account: '123456789012', region: 'eu-west-1' };
  for (const [text, arn, qualifier] of [
    ['f', FN, null],
    ['f:$LATEST', FN, '$LATEST'],
    ['f:3', FN, '3'],
    ['123456789012:function:f', FN, null],
    ['function:f', FN, null],
    ['210987654321:function:f:live', FN.replace('123456789012', '210987654321'), 'live'],
    [FN, FN, null],
    [`${FN}:live`, FN, 'live'],
    ['arn:aws:lambda:us-east-2:123456789012:function:g', 'arn:aws:lambda:us-east-2:123456789012:function:g', null],
  ] as const) {
    const found = parseFunctionName(text, caller);
    assert.equal(found?.arn, arn, text);
    assert.equal(found?.qualifier, qualifier, text);
  }
  for (const text of ['', 'a b', 'arn:aws:s3:::f', 'f:', 'f:a:b', 'f/../g']) assert.equal(parseFunctionName(text, caller), null, text);
});
