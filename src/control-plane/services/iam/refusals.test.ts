/** What IAM was measured to refuse and to take, and its sentences: notes of calls and deployments that are public. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testCall, testEnvironment } from '../../../../test/support/environment.ts';
import { refusal } from '../../../../test/support/refusal.ts';
import { iamService } from './index.ts';

const { operations } = iamService(testEnvironment());
const run = async (operation: string, input: object): Promise<unknown> => operations[operation]!(input, testCall({ service: 'iam' }));

const SYNTAX = 'Syntax errors in policy.';
const LEGACY = 'The policy failed legacy parsing';
const VENDOR = 'Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.';
const ASSUME = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };

function document(statements: readonly object[] | undefined, more: object = {}): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements, ...more });
}
const allow = (more: object): object => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more });
const where = (operator: string, value: unknown): string => document([allow({ Condition: { [operator]: { 'a:b': value } } })]);
const resource = (Resource: string): string => document([allow({ Resource })]);
const action = (Action: unknown): string => document([allow({ Action })]);

await run('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: document([ASSUME]) });
const put = (PolicyDocument: string): Promise<unknown> => run('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument });
const trust = (more: object): Promise<unknown> => run('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: document([{ ...ASSUME, ...more }]) });

const REFUSED: readonly (readonly [policy: string, sentence: string])[] = [
  [document(undefined), SYNTAX], [document([]), SYNTAX],
  ...['Description', 'Comment', 'version'].map((field) => [document([allow({})], { [field]: 'x' }), SYNTAX] as const),
  [document([allow({})], { Version: '2012-10-18' }), SYNTAX],
  ...['Effects', 'Sids', 'Id', 'Version'].map((field) => [document([allow({ [field]: 'x' })]), SYNTAX] as const),
  [document([allow({ Effect: undefined })]), SYNTAX], [document([allow({ Effect: 'allow' })]), LEGACY],
  [document([allow({ NotAction: 's3:*' })]), SYNTAX], [document([allow({ NotResource: '*' })]), SYNTAX],
  [document([allow({ Principal: '*' })]), 'Policy document should not specify a principal.'],
  [document([allow({ NotPrincipal: { AWS: '*' } })]), 'Policy document should not specify a principal.'],
  [document([allow({ Sid: 'Dup' }), allow({ Sid: 'Dup' })]), 'Statement IDs (SID) in a single policy must be unique.'],
  [document([allow({ Sid: 'allow-s3-read' })]), 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'],
  [action(undefined), 'Policy statement must contain actions.'], [action([]), 'Policy statement must contain actions.'],
  [action('GetObject'), 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
  [action('s3:Get:Object'), 'Actions/Condition can contain only one colon.'],
  [action('*:GetObject'), VENDOR], [action('s3*:GetObject'), VENDOR], [action('s3?:Get'), VENDOR],
  [document([allow({ Resource: undefined })]), 'Policy statement must contain resources.'],
  [resource('my-bucket'), 'Resource my-bucket must be in ARN format or "*".'], [resource('arn:aws:s3:b'), LEGACY],
  ...['aws-cn', 'aws-nope', '', 'AWS'].map((partition) => [resource(`arn:${partition}:s3:::b`), `Partition "${partition}" is not valid for resource "arn:${partition}:s3:::b".`] as const),
  ...['arn:aws:*:::b', 'arn:aws:s3*:::b'].map((arn) => [resource(arn), 'Resource vendor must be fully qualified and cannot contain regexes.'] as const),
  ...['arn:aws:s3:us-east-1::b', 'arn:aws:iam:us-east-1:111122223333:role/r', 'arn:aws:route53:us-east-1::hostedzone/z'].map((arn) => [resource(arn), `Resource ${arn} can not contain region information.`] as const),
  [resource('arn:aws:s3::111122223333:b'), 'Resource arn:aws:s3::111122223333:b cannot contain an account id.'],
  [where('StringEqualz', 'x'), SYNTAX], [where('NullIfExists', 'true'), SYNTAX], [where('StringEquals', { a: 'b' }), SYNTAX], [where('StringEquals', [{ a: 'b' }]), SYNTAX],
  ...['!!!', 'abc', 'YWJj=='].map((value) => [where('BinaryEquals', value), SYNTAX] as const),
  ...['tomorrow', '2026/01/01', '2026-13-45', 'Thu, 01 Jan 2026 00:00:00 GMT'].map((value) => [where('DateGreaterThan', value), LEGACY] as const),
  ...['203.0.113.999/24', 'example.com', '1.2.3', '10.0.0.0/33', '10.0.0.0/8 '].map((value) => [where('IpAddress', value), LEGACY] as const),
  ...['nope', 'arn:aws:s3:b', '${aws:PrincipalArn}'].map((value) => [where('ArnLike', value), LEGACY] as const),
  ...['abc', ' 10', '0x10'].map((value) => [where('NumericLessThan', value), LEGACY] as const),
];
describe('an identity policy is refused', () => {
  for (const [policy, sentence] of REFUSED) test(`${policy}: ${sentence}`, async () => void (await assert.rejects(put(policy), refusal('MalformedPolicyDocument', sentence))));
});

test('identity policies that IAM takes', async () => {
  for (const value of ['2026', '2026-01', '2026-01-01', '2026-01-01T00:00Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00+09:00', '1767225600']) await put(where('DateGreaterThan', value));
  for (const value of ['203.0.113.0/24', '203.0.113.5', '0.0.0.0/0', '2001:db8::/32', '2001:db8::1', '::/0']) await put(where('NotIpAddress', value));
  for (const value of ['arn:*:s3:::b', 'arn:aws:*:*:*:*', '*']) await put(where('ArnNotLikeIfExists', value));
  for (const value of ['10', 10, '10.5', '-1', '1e3']) await put(where('NumericLessThanEquals', value));
  for (const value of ['YWJj', 'YWJjZA==']) await put(where('BinaryEquals', value));
  for (const operator of ['Null', 'ForAllValues:Null', 'ForAnyValue:StringLike', 'BoolIfExists', 'StringNotEqualsIgnoreCase']) await put(where(operator, 'true'));
  for (const arn of ['arn:*:s3:::b', 'arn:aws:s3:::b*', 'arn:aws:s3:us-east-1:111122223333:accesspoint/ap', 'arn:aws:organizations:us-east-1:1:o', 'arn:aws:execute-api:us-east-1:000000000000:abc/*']) await put(resource(arn));
  for (const name of ['s3:Get*', 's3:*', '*']) await put(action(name));
  await put(document([allow({ Sid: '' }), allow({ Sid: '' })], { Id: 'x', Version: '2008-10-17' }));
});

const ACTIONS = 'AssumeRole policy may only specify STS AssumeRole actions.';
const MISTRUSTED: readonly (readonly [more: object, sentence: string])[] = [
  ...['s3:GetObject', 'sts:*', '*', 'sts:AssumeRoot', 'sts:GetCallerIdentity', 'sts:assumerole'].map((Action) => [{ Action }, ACTIONS] as const),
  ...['12345', 'arn:aws:iam::111122223333:user/*', 'arn:aws:iam::111122223333:*', 'arn:aws:iam::111122223333:root '].map((AWS) => [{ Principal: { AWS } }, `Invalid principal in policy: "AWS":"${AWS}"`] as const),
  ...['lambda.example.com', '*'].map((Service) => [{ Principal: { Service } }, `Invalid principal in policy: "SERVICE":"${Service}"`] as const),
  [{ Principal: '*' }, 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'],
  [{ Resource: '*' }, 'Has prohibited field Resource'],
  [{ Principal: { Federated: 'cognito-identity.amazonaws.com' }, Action: 'sts:AssumeRoleWithWebIdentity' }, 'A condition block must be present for the Cognito provider'],
];
describe('a trust policy is refused', () => {
  for (const [more, sentence] of MISTRUSTED) test(`${JSON.stringify(more)}: ${sentence}`, async () => void (await assert.rejects(trust(more), refusal('MalformedPolicyDocument', sentence))));
});

test('trust policies that IAM takes', async () => {
  for (const name of ['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML', 'TagSession', 'SetSourceIdentity', 'SetContext']) await trust({ Action: `sts:${name}` });
  for (const AWS of ['*', '111122223333', '1111-2222-3333', 'arn:aws:iam::111122223333:root']) await trust({ Principal: { AWS } });
  await trust({ Principal: { Federated: 'cognito-identity.amazonaws.com' }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'x' } } });
});

describe('a role is refused', () => {
  const role = { RoleName: 'other', AssumeRolePolicyDocument: document([ASSUME]) };
  for (const [operation, input, code, sentence] of [
    ['CreateRole', { ...role, Path: '/aws-service-role/' }, 'InvalidInput', "Paths beginning with '/aws-service-role' are reserved for AWS Service Linked Roles"],
    ['CreateRole', { ...role, PermissionsBoundary: 'arn:aws:iam::000000000000:role/r' }, 'InvalidInput', 'ARN arn:aws:iam::000000000000:role/r is not valid.'],
    ['CreateRole', { ...role, PermissionsBoundary: 'arn:aws-cn:iam::aws:policy/ReadOnlyAccess' }, 'ValidationError', 'Invalid ARN partition'],
    ['PutRolePermissionsBoundary', { RoleName: 'r', PermissionsBoundary: 'arn:aws:iam::000000000000:role/r' }, 'InvalidInput', 'ARN arn:aws:iam::000000000000:role/r is not valid.'],
    ['AttachRolePolicy', { RoleName: 'r', PolicyArn: 'arn:aws-cn:iam::aws:policy/ReadOnlyAccess' }, 'ValidationError', 'Invalid ARN partition'],
  ] as const) {
    test(`${operation}: ${sentence}`, async () => void (await assert.rejects(run(operation, input), refusal(code, sentence))));
  }

  test('with more policies than its quota', async () => {
    for (let i = 0; i < 21; i++) await run('CreatePolicy', { PolicyName: `p${i}`, PolicyDocument: document([allow({})]) });
    const attach = (i: number): Promise<unknown> => run('AttachRolePolicy', { RoleName: 'r', PolicyArn: `arn:aws:iam::000000000000:policy/p${i}` });
    for (let i = 0; i < 20; i++) await attach(i);
    await assert.rejects(attach(20), refusal('LimitExceeded', 'Cannot exceed quota for PoliciesPerRole: 20'));
  });
});
