import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testCall, testEnvironment } from '../../../../test/support/environment.ts';
import { refusal } from '../../../../test/support/refusal.ts';
import { FakeClock } from '../../../kernel/index.ts';
import { stsService } from '../sts/index.ts';
import { iamService, storedCredentials } from './index.ts';

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

const TRUST = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'sts:AssumeRole' }] });
const ALLOW = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] });

function stage() {
  const clock = new FakeClock();
  const environment = testEnvironment({ clock });
  const services = [iamService(environment), stsService(environment)];
  const run = async (operation: string, input: object = {}, as = testCall()): Promise<Answer> =>
    services.find((service) => operation in service.operations)!.operations[operation]!(input, as);
  return { clock, run, credentials: storedCredentials(environment) };
}

describe('roles', () => {
  test('come back with their trust policy encoded, and go only when nothing hangs on them', async () => {
    const { run } = stage();
    const { Role } = await run('CreateRole', { RoleName: 'Web', Path: '/team/', AssumeRolePolicyDocument: TRUST, Tags: [{ Key: 'a', Value: 'b' }] });
    assert.equal(Role.Arn, 'arn:aws:iam::000000000000:role/team/Web');
    assert.match(Role.RoleId, /^AROA[A-Z2-7]{17}$/);
    assert.equal(decodeURIComponent(Role.AssumeRolePolicyDocument), TRUST);
    assert.match(Role.AssumeRolePolicyDocument, /^%7B%22Version/);
    await assert.rejects(run('CreateRole', { RoleName: 'web', AssumeRolePolicyDocument: TRUST }), refusal('EntityAlreadyExists'));
    await run('PutRolePolicy', { RoleName: 'Web', PolicyName: 'inline', PolicyDocument: ALLOW });
    await run('AttachRolePolicy', { RoleName: 'Web', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    await run('CreateInstanceProfile', { InstanceProfileName: 'web' });
    await run('AddRoleToInstanceProfile', { InstanceProfileName: 'web', RoleName: 'Web' });
    await assert.rejects(run('AddRoleToInstanceProfile', { InstanceProfileName: 'web', RoleName: 'Web' }), refusal('LimitExceeded'));
    await assert.rejects(run('DeleteRole', { RoleName: 'Web' }), refusal('DeleteConflict', /instance profile/));
    await run('RemoveRoleFromInstanceProfile', { InstanceProfileName: 'web', RoleName: 'Web' });
    await assert.rejects(run('DeleteRole', { RoleName: 'Web' }), refusal('DeleteConflict', /detach all policies/));
    await run('DetachRolePolicy', { RoleName: 'Web', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    await assert.rejects(run('DeleteRole', { RoleName: 'Web' }), refusal('DeleteConflict', /delete policies/));
    await run('DeleteRolePolicy', { RoleName: 'Web', PolicyName: 'inline' });
    await run('DeleteRole', { RoleName: 'Web' });
    await assert.rejects(run('GetRole', { RoleName: 'Web' }), refusal('NoSuchEntity', /The role with name Web cannot be found/));
  });

  test('refuse trust policies that IAM would not take', async () => {
    const { run } = stage();
    const statement = (more: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole', ...more }] });
    for (const document of ['not json', '[]', '{}', '{"Version":"2020-01-01","Statement":[]}', statement({ Effect: 'Maybe' }), statement({ Resource: '*' }), statement({ Action: 's3:GetObject' }), statement({ Principal: undefined }), statement({ Principal: { Robot: 'x' } }), statement({ Principal: { AWS: 'nobody' } })]) {
      await assert.rejects(run('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: document }), refusal('MalformedPolicyDocument'), document);
    }
    await run('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: statement({}) });
    await assert.rejects(run('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: TRUST }), refusal('MalformedPolicyDocument', /principal/));
  });

  test('are listed page by page', async () => {
    const { run } = stage();
    for (const name of ['c', 'a', 'b', 'e', 'd']) await run('CreateRole', { RoleName: name, AssumeRolePolicyDocument: TRUST });
    const first = await run('ListRoles', { MaxItems: 2 });
    assert.deepEqual([first.Roles.map((role: Answer) => role.RoleName), first.IsTruncated], [['a', 'b'], true]);
    const rest = await run('ListRoles', { Marker: first.Marker });
    assert.deepEqual([rest.Roles.map((role: Answer) => role.RoleName), rest.IsTruncated, rest.Marker], [['c', 'd', 'e'], false, undefined]);
    await assert.rejects(run('ListRoles', { Marker: 'nonsense' }), refusal('ValidationError'));
    assert.equal((await run('ListRoles', {}, testCall({ account: '111111111111' }))).Roles.length, 0);
  });
});

describe('managed policies', () => {
  test('have at most five versions, number them once, and AWS\'s own can be read', async () => {
    const { run } = stage();
    const arn = (await run('CreatePolicy', { PolicyName: 'own', PolicyDocument: ALLOW })).Policy.Arn;
    for (let i = 2; i <= 5; i++) await run('CreatePolicyVersion', { PolicyArn: arn, PolicyDocument: ALLOW, SetAsDefault: i === 5 });
    await assert.rejects(run('CreatePolicyVersion', { PolicyArn: arn, PolicyDocument: ALLOW }), refusal('LimitExceeded'));
    await assert.rejects(run('DeletePolicyVersion', { PolicyArn: arn, VersionId: 'v5' }), refusal('DeleteConflict'));
    await run('DeletePolicyVersion', { PolicyArn: arn, VersionId: 'v1' });
    assert.equal((await run('CreatePolicyVersion', { PolicyArn: arn, PolicyDocument: ALLOW })).PolicyVersion.VersionId, 'v6');
    assert.equal((await run('GetPolicy', { PolicyArn: arn })).Policy.DefaultVersionId, 'v5');
    await run('CreateUser', { UserName: 'ci' });
    await run('AttachUserPolicy', { UserName: 'ci', PolicyArn: arn });
    assert.equal((await run('GetPolicy', { PolicyArn: arn })).Policy.AttachmentCount, 1);
    await assert.rejects(run('DeletePolicy', { PolicyArn: arn }), refusal('DeleteConflict'));
    const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    const version = (await run('GetPolicyVersion', { PolicyArn: basic, VersionId: 'v1' })).PolicyVersion;
    assert.deepEqual(JSON.parse(decodeURIComponent(version.Document)).Statement[0].Action, ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']);
    const listed = (await run('ListPolicies', { Scope: 'AWS' })).Policies as { Arn: string }[];
    for (const name of ['AWSXRayDaemonWriteAccess', 'AWSXrayReadOnlyAccess', 'CloudWatchLambdaInsightsExecutionRolePolicy', 'service-role/AWSLambdaMSKExecutionRole']) {
      const one = `arn:aws:iam::aws:policy/${name}`;
      assert.equal((await run('GetPolicy', { PolicyArn: one })).Policy.PolicyName, name.split('/').at(-1));
      assert.ok(listed.some((policy) => policy.Arn === one), `${name} is listed, where Terraform's data source looks for it by its name`);
    }
    await assert.rejects(run('GetPolicy', { PolicyArn: 'arn:aws:iam::aws:policy/Unheard' }), refusal('NoSuchEntity'));
    await assert.rejects(run('AttachUserPolicy', { UserName: 'ci', PolicyArn: 'arn:aws:iam::000000000000:policy/none' }), refusal('NoSuchEntity', /does not exist or is not attachable/));
  });
});

describe('users and sessions', () => {
  test('have keys that signatures can be verified with', async () => {
    const { run, credentials } = stage();
    await run('CreateUser', { UserName: 'ci' });
    const { AccessKey } = await run('CreateAccessKey', { UserName: 'ci' });
    assert.match(AccessKey.AccessKeyId, /^AKIA[A-Z2-7]{16}$/);
    assert.equal(AccessKey.SecretAccessKey.length, 40);
    const found = credentials.find(AccessKey.AccessKeyId)!;
    assert.equal(found.secret.reveal(), AccessKey.SecretAccessKey);
    assert.equal(found.principal, 'arn:aws:iam::000000000000:user/ci');
    const asUser = testCall({ principal: found.principal });
    assert.equal((await run('GetUser', {}, asUser)).User.UserName, 'ci');
    assert.match((await run('GetCallerIdentity', {}, asUser)).UserId, /^AIDA/);
    assert.equal((await run('GetUser')).User.Arn, 'arn:aws:iam::000000000000:root');
    await run('CreateAccessKey', { UserName: 'ci' });
    await assert.rejects(run('CreateAccessKey', { UserName: 'ci' }), refusal('LimitExceeded'));
    await run('UpdateAccessKey', { UserName: 'ci', AccessKeyId: AccessKey.AccessKeyId, Status: 'Inactive' });
    assert.equal(credentials.find(AccessKey.AccessKeyId), null);
    await assert.rejects(run('DeleteUser', { UserName: 'ci' }), refusal('DeleteConflict'));
  });

  test('a role is assumed by those whom it trusts, until the session ends', async () => {
    const { run, credentials, clock } = stage();
    const trust = (Principal: object, Condition?: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition }] });
    const role = async (name: string, document: string): Promise<string> => (await run('CreateRole', { RoleName: name, AssumeRolePolicyDocument: document })).Role.Arn;
    const open = await role('open', TRUST);
    const answer = await run('AssumeRole', { RoleArn: open, RoleSessionName: 'me' });
    assert.equal(answer.AssumedRoleUser.Arn, 'arn:aws:sts::000000000000:assumed-role/open/me');
    const key = answer.Credentials.AccessKeyId;
    assert.match(key, /^ASIA/);
    assert.equal(credentials.find(key)!.sessionToken, answer.Credentials.SessionToken);
    assert.match((await run('GetCallerIdentity', {}, testCall({ principal: answer.AssumedRoleUser.Arn }))).UserId, /^AROA\w+:me$/);
    await assert.rejects(run('AssumeRole', { RoleArn: open, RoleSessionName: 'me', DurationSeconds: 7200 }), refusal('ValidationError', /MaxSessionDuration/));
    const denied = refusal('AccessDenied', /is not authorized to perform: sts:AssumeRole on resource/);
    await assert.rejects(run('AssumeRole', { RoleArn: await role('lambda', trust({ Service: 'lambda.amazonaws.com' })), RoleSessionName: 'me' }), denied);
    await assert.rejects(run('AssumeRole', { RoleArn: 'arn:aws:iam::000000000000:role/none', RoleSessionName: 'me' }), denied);
    const guarded = await role('guarded', trust({ AWS: '*' }, { StringEquals: { 'sts:ExternalId': 'sesame' } }));
    await assert.rejects(run('AssumeRole', { RoleArn: guarded, RoleSessionName: 'me' }), denied);
    await run('AssumeRole', { RoleArn: guarded, RoleSessionName: 'me', ExternalId: 'sesame' });
    await assert.rejects(run('AssumeRole', { RoleArn: await role('mfa', trust({ AWS: '*' }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })), RoleSessionName: 'me' }), denied);
    clock.advance(3600 * 1000);
    assert.equal(credentials.find(key), null);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
test('everything that has tags is tagged, untagged and listed alike; the policies of AWS have none', async () => {
  const { run } = stage();
  const PolicyArn: string = (await run('CreatePolicy', { PolicyName: 'p', PolicyDocument: ALLOW })).Policy.Arn;
  await run('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: TRUST });
  await run('CreateUser', { UserName: 'u' });
  await run('CreateInstanceProfile', { InstanceProfileName: 'i' });
  for (const [noun, named, other] of [['Role', { RoleName: 'r' }, { RoleName: 'x' }], ['User', { UserName: 'u' }, { UserName: 'x' }], ['Policy', { PolicyArn }, { PolicyArn: `${PolicyArn}x` }], ['InstanceProfile', { InstanceProfileName: 'i' }, { InstanceProfileName: 'x' }]] as const) {
    await run(`Tag${noun}`, { ...named, Tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '2' }] });
    await run(`Untag${noun}`, { ...named, TagKeys: ['a'] });
    await run(`Tag${noun}`, { ...named, Tags: [{ Key: 'c', Value: '3' }] });
    const first = await run(`List${noun}Tags`, { ...named, MaxItems: 1 });
    assert.deepEqual([first.Tags, first.IsTruncated], [[{ Key: 'b', Value: '2' }], true], noun);
    assert.deepEqual((await run(`List${noun}Tags`, { ...named, Marker: first.Marker })).Tags, [{ Key: 'c', Value: '3' }], noun);
    for (const [operation, more] of [[`Tag${noun}`, { Tags: [{ Key: 'a', Value: '' }] }], [`Untag${noun}`, { TagKeys: ['a'] }], [`List${noun}Tags`, {}]] as const) await assert.rejects(run(operation, { ...other, ...more }), refusal('NoSuchEntity'), operation);
  }
  assert.deepEqual((await run('ListPolicyTags', { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })).Tags, []);
});
