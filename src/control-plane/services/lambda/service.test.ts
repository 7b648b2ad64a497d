import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { executableFunctions } from '../../../../test/support/executable-functions.ts';
import { FunctionBench } from '../../../../test/support/function-bench.ts';
import { Desk } from '../../../../test/support/lambda-desk.ts';
import { zipFiles } from '../../../../test/support/zip.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:';
const ROLE = 'arn:aws:iam::123456789012:role/r';
const ZIP = zipFiles({ 'index.js': 'exports.handler = async () => 1' });
const ZIP_HASH = createHash('sha256').update(ZIP).digest('base64');
const TG = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/tg/0123456789abcdef';

test('a function as it is created, shown, and deleted', async () => {
  const desk = new Desk();
  const created = await desk.create({ Tags: { team: 'a' }, Environment: { Variables: { K: 'v' } } });
  const { RevisionId, LastModified, ...rest } = created;
  assert.match(RevisionId, /^[0-9a-f-]{36}$/);
  assert.equal(LastModified, '2026-01-01T00:00:00.000+0000');
  assert.deepEqual(rest, {
    FunctionName: 'f',
    FunctionArn: `${ARN}f`,
    Runtime: 'nodejs20.x',
    Role: ROLE,
    Handler: 'index.handler',
    CodeSize: ZIP.length,
    Description: '',
    Timeout: 3,
    MemorySize: 128,
    CodeSha256: ZIP_HASH,
    Version: '$LATEST',
    Environment: { Variables: { K: 'v' } },
    TracingConfig: { Mode: 'PassThrough' },
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: { RuntimeVersionArn: rest.RuntimeVersionConfig.RuntimeVersionArn },
    LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/f' },
  });
  const got = await desk.call('GetFunction', { FunctionName: `${ARN}f` });
  assert.deepEqual(got.Configuration, created);
  assert.deepEqual(got.Tags, { team: 'a' });
  assert.equal(got.Code.RepositoryType, 'S3');
  assert.match(got.Code.Location, /^http:\/\/127\.0\.0\.1:4566\/_functions\/code\/[0-9a-f]{64}$/);
  assert.equal((await desk.call('GetFunctionConfiguration', { FunctionName: 'f:$LATEST' })).FunctionArn, `${ARN}f:$LATEST`);
  await desk.refused('CreateFunction', { FunctionName: 'f', Runtime: 'nodejs20.x', Handler: 'i.h', Role: ROLE, Code: { ZipFile: ZIP } }, 'ResourceConflictException', 'Function already exist: f');
  await desk.call('AddPermission', { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '*' });
  assert.deepEqual(await desk.call('DeleteFunction', { FunctionName: 'f' }), { StatusCode: 204 });
  for (const operation of ['GetFunction', 'GetFunctionConfiguration', 'DeleteFunction', 'GetPolicy', 'ListVersionsByFunction', 'GetFunctionConcurrency', 'GetFunctionCodeSigningConfig']) {
    await desk.refused(operation, { FunctionName: 'f' }, 'ResourceNotFoundException', `Function not found: ${ARN}f`);
  }
  assert.equal(desk.store.world.list('lambda/policy').length, 0);
});

test('what cannot be run is refused when it is made', async (t) => {
  const desk = new Desk();
  const base = { FunctionName: 'f', Runtime: 'nodejs20.x', Handler: 'index.handler', Role: ROLE, Code: { ZipFile: ZIP } };
  const cases: readonly (readonly [string, object, string, RegExp | string])[] = [
    ['another runtime', { Runtime: 'java21' }, 'InvalidParameterValueException', /java21 is not supported here .* nodejs20\.x, .*provided\.al2023/],
    ['a runtime that AWS has given up', { Runtime: 'python2.7' }, 'InvalidParameterValueException', 'The runtime parameter of python2.7 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.'],
    ['no runtime of AWS', { Runtime: 'cobol' }, 'InvalidParameterValueException', /^Value cobol at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[nodejs18\.x, .*\] or be a valid ARN$/],
    ['no runtime', { Runtime: undefined }, 'InvalidParameterValueException', 'Runtime and Handler are mandatory parameters for functions created with deployment packages.'],
    ['no code', { Code: {} }, 'InvalidParameterValueException', 'Please provide a source for function code.'],
    ['code in S3', { Code: { S3Bucket: 'b', S3Key: 'k' } }, 'InvalidParameterValueException', 'Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist'],
    ['half an object in S3', { Code: { S3Bucket: 'b' } }, 'InvalidParameterValueException', 'S3 Bucket and Key are required for uploading with S3 parameters.'],
    ['a zip and an object', { Code: { ZipFile: ZIP, S3Bucket: 'b', S3Key: 'k' } }, 'InvalidParameterValueException', 'Please do not provide other FunctionCode parameters when providing a ZipFile.'],
    ['no image', { PackageType: 'Image', Code: {} }, 'InvalidParameterValueException', 'ImageUri is required.'],
    ['an image for a zip', { Code: { ImageUri: 'x' } }, 'InvalidParameterValueException', 'Please provide a source for function code.'],
    ['an image', { PackageType: 'Image', Code: { ImageUri: 'x' } }, 'InvalidParameterValueException', /container images/],
    ['no zip', { Code: { ZipFile: Buffer.from('x') } }, 'InvalidParameterValueException', 'Could not unzip uploaded file. Please check your file, then try to upload again.'],
    ['an empty zip', { Code: { ZipFile: zipFiles({}) } }, 'InvalidParameterValueException', 'Uploaded file must be a non-empty zip'],
    ['901 seconds', { Timeout: 901 }, 'ValidationException', "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900"],
    ['too much memory', { MemorySize: 10241 }, 'InvalidParameterValueException', "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240"],
    ['too much storage', { EphemeralStorage: { Size: 10241 } }, 'ValidationException', /'ephemeralStorage\.size' .*less than or equal to 10240/],
    ['a long name', { FunctionName: 'x'.repeat(65) }, 'InvalidParameterValueException', /less than or equal to 64/],
    ['reserved variables', { Environment: { Variables: { AWS_REGION: 'x', OK1: '' } } }, 'InvalidParameterValueException', /Reserved keys used in this request: AWS_REGION$/],
    ['5 KB of variables', { Environment: { Variables: { A1: 'x'.repeat(5000) } } }, 'InvalidParameterValueException', /exceeded the 4KB limit/],
    ['no layer', { Layers: [`${ARN}l:1`] }, 'InvalidParameterValueException', /^Layer version ARN .* is not valid/],
    ['a layer that is not there', { Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:l:1'] }, 'InvalidParameterValueException', /^Layer version .*:layer:l:1 does not exist/],
    ['a layer of others', { Layers: ['arn:aws:lambda:eu-west-1:444455556666:layer:l:1'] }, 'AccessDeniedException', /lambda:GetLayerVersion on resource: .*:444455556666:layer:l:1 because no resource-based policy/],
    ['a code signing configuration of others', { CodeSigningConfigArn: 'arn:aws:lambda:us-east-1:444455556666:code-signing-config:csc-0123456789abcdef0' }, 'InvalidParameterValueException', /^The code signing configuration must be in the same account as the Lambda function\. Check the provided ARN: /],
    ['a file system', { FileSystemConfigs: [{}] }, 'InvalidParameterValueException', /^File systems/],
    ['a dead-letter queue', { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:q' } }, 'InvalidParameterValueException', /^Dead-letter/],
    ['SnapStart', { SnapStart: { ApplyOn: 'PublishedVersions' } }, 'InvalidParameterValueException', /SnapStart/],
    ['half a VPC', { VpcConfig: { SubnetIds: ['subnet-1'] } }, 'InvalidParameterValueException', 'SubnetIds and SecurityIds must coexist or be both empty list.'],
    ['a subnet that is not there', { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } }, 'InvalidParameterValueException', /InvalidSubnetID\.NotFound/],
    ['levels with text logs', { LoggingConfig: { LogFormat: 'Text', ApplicationLogLevel: 'INFO' } }, 'InvalidParameterValueException', 'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.'],
    ['a log group of AWS', { LoggingConfig: { LogGroup: 'aws/x' } }, 'InvalidParameterValueException', 'Log groups starting with AWS/ are reserved for AWS. Update the LogGroup value and try again.'],
    ['another region', { FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:f' }, 'ResourceNotFoundException', "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"],
  ];
  for (const [name, more, code, message] of cases) await t.test(name, () => desk.refused('CreateFunction', { ...base, ...more }, code, message));
  assert.equal(desk.store.world.list('lambda/function').length, 0);
  // What AWS takes as "none" is none.
  await desk.create({ Layers: [], FileSystemConfigs: [], DeadLetterConfig: { TargetArn: '' }, KMSKeyArn: '', VpcConfig: { SubnetIds: [], SecurityGroupIds: [] }, SnapStart: { ApplyOn: 'None' } });
});

test('what functions are given is refused in the words that Lambda was measured to say', async (t) => {
  const desk = new Desk();
  await desk.create();
  const version = 'arn:aws:lambda:us-east-1::runtime:8b993aab9f05546fb8bbd006aab4afa21b3df8ffc81cb18683800e55613267c7';
  const elsewhere = version.replace('us-east-1', 'eu-west-1');
  const permission = { StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '*' };
  const failure = (Destination: string): object => ({ DestinationConfig: { OnSuccess: { Destination: '' }, OnFailure: { Destination } } });
  const wrongFailure = (arn: string): string => `The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=), onFailure=OnFailure(destination=${arn})) is invalid.`;
  const cases: readonly (readonly [operation: string, input: object, message: string])[] = [
    ['PutRuntimeManagementConfig', { UpdateRuntimeOn: 'Manual' }, 'Missing runtime version ARN. A runtime version ARN is required when UpdateRuntimeVersionOn=Manual. Provide a valid runtime version ARN and retry the request.'],
    ['PutRuntimeManagementConfig', { UpdateRuntimeOn: 'Auto', RuntimeVersionArn: version }, 'Unexpected runtime version ARN when UpdateRuntimeVersionOn=Auto. Remove the runtime version ARN and retry the request.'],
    ['PutRuntimeManagementConfig', { UpdateRuntimeOn: 'Manual', RuntimeVersionArn: elsewhere }, `Invalid runtime version ARN (${elsewhere}). Check the runtime version ARN and retry the request.`],
    ['AddPermission', { ...permission, FunctionUrlAuthType: 'NONE' }, 'FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action'],
    ['AddPermission', { ...permission, Principal: 's3' }, 'The provided principal was invalid. Please check the principal and try again.'],
    ['CreateFunctionUrlConfig', { AuthType: 'NONE', Cors: { AllowMethods: ['*', 'GET'] } }, "You can't specify additional fields for AllowMethods because you already specified the wildcard character (*)."],
    ['CreateFunctionUrlConfig', { AuthType: 'NONE', Cors: { AllowOrigins: ['https://a.test', '*'] } }, "You can't specify additional fields for AllowOrigins because you already specified the wildcard character (*)."],
    ...['arn:aws:sqs:eu-west-1:123456789012:q', 'arn:aws:sqs:us-east-1:123456789012:q.fifo', 'arn:aws:sns:us-east-1:123456789012:t.fifo', 'arn:aws:kinesis:us-east-1:123456789012:stream/s'].map(
      (arn) => ['PutFunctionEventInvokeConfig', failure(arn), wrongFailure(arn)] as const,
    ),
    ['PutFunctionEventInvokeConfig', { DestinationConfig: { OnSuccess: { Destination: 'arn:aws:s3:::b' }, OnFailure: { Destination: '' } } }, 'The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::b), onFailure=OnFailure(destination=)) is invalid.'],
  ];
  for (const [operation, input, message] of cases) await t.test(message, () => desk.refused(operation, { FunctionName: 'f', ...input }, 'InvalidParameterValueException', message));
  await desk.layer('l');
  await desk.refused('AddLayerVersionPermission', { LayerName: 'l', VersionNumber: 1, StatementId: 's', Action: 'lambda:GetLayerVersion', Principal: '444455556666', OrganizationId: 'o-abcdefghij' }, 'InvalidParameterValueException', 'If organization id is specified then principal should be *');
});

test('updates change what they name, and the revision', async () => {
  const desk = new Desk();
  const created = await desk.create({ Environment: { Variables: { K1: 'v' } } });
  desk.clock.advance(1500);
  const updated = await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Timeout: 30, LoggingConfig: { LogFormat: 'JSON' } });
  assert.equal(updated.Timeout, 30);
  assert.equal(updated.Handler, 'index.handler');
  assert.deepEqual(updated.Environment, { Variables: { K1: 'v' } });
  assert.deepEqual(updated.LoggingConfig, { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'INFO', LogGroup: '/aws/lambda/f' });
  assert.equal(updated.LastModified, '2026-01-01T00:00:01.500+0000');
  assert.notEqual(updated.RevisionId, created.RevisionId);
  assert.deepEqual((await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Environment: {} })).Environment, { Variables: {} });
  await desk.refused('UpdateFunctionConfiguration', { FunctionName: 'f', RevisionId: created.RevisionId, Timeout: 5 }, 'PreconditionFailedException', /GetFunction\/GetAlias/);
  await desk.refused('UpdateFunctionConfiguration', { FunctionName: 'f', Runtime: 'ruby3.3' }, 'InvalidParameterValueException', /ruby3\.3/);

  const other = zipFiles({ 'index.js': 'exports.handler = async () => 2' });
  const hash = createHash('sha256').update(other).digest('base64');
  const dry = await desk.call('UpdateFunctionCode', { FunctionName: 'f', ZipFile: other, DryRun: true });
  assert.equal(dry.CodeSha256, hash);
  assert.equal((await desk.call('GetFunctionConfiguration', { FunctionName: 'f' })).CodeSha256, ZIP_HASH);
  await desk.refused('UpdateFunctionCode', { FunctionName: 'f', ZipFile: other, RevisionId: created.RevisionId }, 'PreconditionFailedException', /Revision Id/);
  const coded = await desk.call('UpdateFunctionCode', { FunctionName: 'f', ZipFile: other, Architectures: ['arm64'] });
  assert.equal(coded.CodeSha256, hash);
  assert.deepEqual(coded.Architectures, ['arm64']);
  assert.deepEqual(await desk.call('GetFunctionConfiguration', { FunctionName: 'f' }), coded);
});

test('versions are frozen, numbered once, and made only of changes', async () => {
  const desk = new Desk();
  const created = await desk.create({ Publish: true });
  assert.equal(created.Version, '1');
  assert.equal(created.FunctionArn, `${ARN}f`);
  const again = await desk.call('PublishVersion', { FunctionName: 'f' });
  assert.equal(again.Version, '1');
  assert.equal(again.FunctionArn, `${ARN}f:1`);
  await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Timeout: 9 });
  const second = await desk.call('PublishVersion', { FunctionName: 'f', Description: 'second', CodeSha256: ZIP_HASH });
  assert.deepEqual([second.Version, second.Timeout, second.Description], ['2', 9, 'second']);
  assert.equal((await desk.call('GetFunction', { FunctionName: 'f', Qualifier: '1' })).Configuration.Timeout, 3);
  await desk.refused('PublishVersion', { FunctionName: 'f', CodeSha256: 'x' }, 'InvalidParameterValueException', /^CodeSHA256 \(x\) is different from current CodeSHA256 in \$LATEST/);
  const { Versions } = await desk.call('ListVersionsByFunction', { FunctionName: 'f' });
  assert.deepEqual(Versions.map((each: { FunctionArn: string }) => each.FunctionArn.slice(ARN.length)), ['f:$LATEST', 'f:1', 'f:2']);
  await desk.call('DeleteFunction', { FunctionName: 'f', Qualifier: '2' });
  await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Timeout: 10 });
  assert.equal((await desk.call('PublishVersion', { FunctionName: 'f' })).Version, '3');
  await desk.refused('DeleteFunction', { FunctionName: 'f', Qualifier: '$LATEST' }, 'InvalidParameterValueException', /\$LATEST version cannot be deleted/);
  await desk.refused('GetFunction', { FunctionName: 'f:2' }, 'ResourceNotFoundException', `Function not found: ${ARN}f:2`);
  await desk.refused('UpdateFunctionConfiguration', { FunctionName: 'f:1' }, 'InvalidParameterValueException', /qualifier/);
});

test('aliases lead to versions', async () => {
  const desk = new Desk();
  await desk.create({ Publish: true });
  await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Timeout: 9, });
  await desk.call('PublishVersion', { FunctionName: 'f' });
  const { RevisionId, ...alias } = await desk.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
  assert.deepEqual(alias, { AliasArn: `${ARN}f:live`, Name: 'live', FunctionVersion: '1', Description: '' });
  assert.equal((await desk.call('GetFunctionConfiguration', { FunctionName: 'f:live' })).Version, '1');
  await desk.refused('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' }, 'ResourceConflictException', `Alias already exists: ${ARN}f:live`);
  await desk.refused('CreateAlias', { FunctionName: 'f', Name: '12', FunctionVersion: '1' }, 'ValidationException', /pattern/);
  await desk.refused('CreateAlias', { FunctionName: 'f', Name: 'x', FunctionVersion: '7' }, 'ResourceNotFoundException', `Function not found: ${ARN}f:7`);
  await desk.refused('DeleteFunction', { FunctionName: 'f:1' }, 'ResourceConflictException', /\[live\]/);
  await desk.refused('UpdateAlias', { FunctionName: 'f', Name: 'live', RevisionId: 'old' }, 'PreconditionFailedException', /GetAlias/);
  const moved = await desk.call('UpdateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } }, RevisionId });
  assert.deepEqual(moved.RoutingConfig, { AdditionalVersionWeights: { 1: 0.5 } });
  for (let i = 0; i < 40; i++) await desk.call('Invoke', { FunctionName: 'f', Qualifier: 'live' });
  assert.deepEqual([...new Set(desk.invoked)].sort(), [`${ARN}f:1 {}`, `${ARN}f:2 {}`]);
  assert.equal((await desk.call('ListAliases', { FunctionName: 'f', FunctionVersion: '2' })).Aliases.length, 1);
  await desk.call('CreateAlias', { FunctionName: 'f', Name: 'early', FunctionVersion: '1' });
  assert.deepEqual((await desk.call('ListAliases', { FunctionName: 'f' })).Aliases.map(({ Name }: { Name: string }) => Name), ['early', 'live']);
  await desk.call('DeleteAlias', { FunctionName: 'f', Name: 'live' });
  await desk.refused('GetAlias', { FunctionName: 'f', Name: 'live' }, 'ResourceNotFoundException', `Cannot find alias arn: ${ARN}f:live`);
});

test('permissions make the policy that AWS makes', async () => {
  const desk = new Desk();
  await desk.create();
  await desk.refused('GetPolicy', { FunctionName: 'f' }, 'ResourceNotFoundException', 'The resource you requested does not exist.');
  const added = await desk.call('AddPermission', { FunctionName: 'f', StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com', SourceArn: TG, SourceAccount: '123456789012' });
  const statement = `{"Sid":"elb","Effect":"Allow","Principal":{"Service":"elasticloadbalancing.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"${ARN}f","Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"},"ArnLike":{"AWS:SourceArn":"${TG}"}}}`;
  assert.deepEqual(added, { Statement: statement });
  await desk.call('AddPermission', { FunctionName: 'f', StatementId: 'account', Action: 'lambda:*', Principal: '210987654321' });
  const { Policy, RevisionId } = await desk.call('GetPolicy', { FunctionName: 'f' });
  assert.equal(Policy, `{"Version":"2012-10-17","Id":"default","Statement":[${statement},{"Sid":"account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"lambda:*","Resource":"${ARN}f"}]}`);
  await desk.refused('AddPermission', { FunctionName: 'f', StatementId: 'elb', Action: '*', Principal: '*' }, 'ResourceConflictException', 'The statement id (elb) provided already exists. Please provide a new statement id, or remove the existing statement.');
  await desk.refused('AddPermission', { FunctionName: 'f', StatementId: 'x', Action: '*', Principal: 'nobody' }, 'InvalidParameterValueException', /principal was invalid/);
  await desk.refused('AddPermission', { FunctionName: 'f', StatementId: 'x', Action: '*', Principal: '*', Qualifier: '$LATEST' }, 'InvalidParameterValueException', /\$LATEST/);
  await desk.refused('RemovePermission', { FunctionName: 'f', StatementId: 'x' }, 'ResourceNotFoundException', 'Statement x is not found in resource policy.');
  await desk.refused('RemovePermission', { FunctionName: 'f', StatementId: 'elb', RevisionId: 'old' }, 'PreconditionFailedException', /GetFunction\/GetAlias/);
  await desk.call('RemovePermission', { FunctionName: 'f', StatementId: 'elb', RevisionId });
  await desk.call('RemovePermission', { FunctionName: 'f', StatementId: 'account' });
  await desk.refused('GetPolicy', { FunctionName: 'f' }, 'ResourceNotFoundException', 'The resource you requested does not exist.');
});

test('tags, concurrency, account, event configuration', async () => {
  const desk = new Desk();
  await desk.create();
  await desk.call('TagResource', { Resource: `${ARN}f`, Tags: { a: '1', b: '2' } });
  await desk.call('UntagResource', { Resource: `${ARN}f`, TagKeys: ['a', 'z'] });
  assert.deepEqual(await desk.call('ListTags', { Resource: `${ARN}f` }), { Tags: { b: '2' } });
  await desk.refused('ListTags', { Resource: `${ARN}g` }, 'ResourceNotFoundException', `Function not found: ${ARN}g`);
  await desk.refused('TagResource', { Resource: `${ARN}f:1`, Tags: { a: '' } }, 'InvalidParameterValueException', /aliases and versions/);
  await desk.refused('TagResource', { Resource: `${ARN}f`, Tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])) }, 'InvalidParameterValueException', /limit/);

  assert.deepEqual(await desk.call('GetFunctionConcurrency', { FunctionName: 'f' }), {});
  assert.deepEqual(await desk.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 900 }), { ReservedConcurrentExecutions: 900 });
  assert.deepEqual((await desk.call('GetFunction', { FunctionName: 'f' })).Concurrency, { ReservedConcurrentExecutions: 900 });
  await desk.refused('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 901 }, 'InvalidParameterValueException', /below its minimum value of \[100\]\.$/);
  const account = await desk.call('GetAccountSettings', {});
  assert.deepEqual(account.AccountLimit, { TotalCodeSize: 80530636800, CodeSizeUnzipped: 262144000, CodeSizeZipped: 52428800, ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 100 });
  assert.deepEqual(account.AccountUsage, { TotalCodeSize: ZIP.length, FunctionCount: 1 });
  await desk.call('DeleteFunctionConcurrency', { FunctionName: 'f' });
  assert.deepEqual(await desk.call('GetFunctionConcurrency', { FunctionName: 'f' }), {});

  await desk.refused('GetFunctionEventInvokeConfig', { FunctionName: 'f' }, 'ResourceNotFoundException', `The function ${ARN}f:$LATEST doesn't have an EventInvokeConfig`);
  const put = await desk.call('PutFunctionEventInvokeConfig', { FunctionName: 'f', MaximumRetryAttempts: 1 });
  assert.deepEqual(put, { LastModified: new Date(desk.clock.now()), FunctionArn: `${ARN}f:$LATEST`, MaximumRetryAttempts: 1, DestinationConfig: { OnSuccess: {}, OnFailure: {} } });
  assert.equal((await desk.call('UpdateFunctionEventInvokeConfig', { FunctionName: 'f', Qualifier: '$LATEST', MaximumEventAgeInSeconds: 60 })).MaximumRetryAttempts, 1);
  assert.equal((await desk.call('ListFunctionEventInvokeConfigs', { FunctionName: 'f' })).FunctionEventInvokeConfigs.length, 1);
  await desk.call('DeleteFunctionEventInvokeConfig', { FunctionName: 'f' });
});

test('lists come in pages that stay right', async () => {
  const desk = new Desk();
  for (let i = 0; i < 60; i++) await desk.create({ FunctionName: `f${i}` });
  const first = await desk.call('ListFunctions', {});
  assert.equal(first.Functions.length, 50);
  assert.equal(first.Functions[0].State, undefined);
  await desk.call('DeleteFunction', { FunctionName: 'f49' });
  const second = await desk.call('ListFunctions', { Marker: first.NextMarker, MaxItems: 5 });
  assert.deepEqual(second.Functions.map((each: { FunctionName: string }) => each.FunctionName), ['f50', 'f51', 'f52', 'f53', 'f54']);
  const last = await desk.call('ListFunctions', { Marker: second.NextMarker });
  assert.equal(last.Functions.length, 5);
  assert.equal(last.NextMarker, undefined);
  await desk.refused('ListFunctions', { Marker: 'nonsense' }, 'InvalidParameterValueException', /Marker/);
});

test('invocations: what is answered, and what is refused', async () => {
  const desk = new Desk();
  await desk.create();
  const ok = await desk.call('Invoke', { FunctionName: 'f', Payload: Buffer.from('{"a":1}'), LogType: 'Tail' });
  assert.deepEqual(ok, { StatusCode: 200, LogResult: Buffer.from('tail').toString('base64'), Payload: Buffer.from('"ran"'), ExecutedVersion: '$LATEST' });
  assert.equal((await desk.call('Invoke', { FunctionName: 'f' })).LogResult, undefined);
  assert.deepEqual(desk.invoked, [`${ARN}f {"a":1}`, `${ARN}f {}`]);
  desk.result = { kind: 'function-error', error: 'Unhandled', payload: Buffer.from('{}'), logTail: '' };
  assert.equal((await desk.call('Invoke', { FunctionName: 'f' })).FunctionError, 'Unhandled');
  desk.result = { kind: 'throttled', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' };
  await desk.refused('Invoke', { FunctionName: 'f' }, 'TooManyRequestsException', 'Rate Exceeded.');
  desk.result = { kind: 'unavailable', reason: 'no code' };
  await desk.refused('Invoke', { FunctionName: 'f' }, 'ServiceException', /no code/);
  desk.invoked.length = 0;
  assert.deepEqual(await desk.call('Invoke', { FunctionName: 'f', InvocationType: 'DryRun' }), { StatusCode: 204 });
  assert.deepEqual(desk.invoked, []);
  await desk.refused('Invoke', { FunctionName: 'f', Payload: Buffer.from('{') }, 'InvalidRequestContentException', /^Could not parse request body into json/);
  await desk.refused('Invoke', { FunctionName: 'f', Payload: Buffer.alloc(6291457, 32) }, 'RequestTooLargeException', /6291456/);
  await desk.refused('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.alloc(1048577, 32) }, 'RequestTooLargeException', /1048576/);
  await desk.refused('Invoke', { FunctionName: 'f', ClientContext: '!!' }, 'InvalidRequestContentException', /Client context/);
});

test('an event is accepted at once and tried again when the function fails', async () => {
  const desk = new Desk();
  await desk.create();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  desk.result = { kind: 'function-error', error: 'Unhandled', payload: Buffer.from('{}'), logTail: '' };
  assert.deepEqual(await desk.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('1') }), { StatusCode: 202, Payload: Buffer.alloc(0) });
  const counts: number[] = [];
  for (const seconds of [0, 59, 2, 119, 2, 3600]) {
    desk.clock.advance(seconds * 1000);
    await settle();
    counts.push(desk.invoked.length);
  }
  assert.deepEqual(counts, [1, 1, 2, 2, 3, 3]);

  await desk.call('PutFunctionEventInvokeConfig', { FunctionName: 'f', MaximumRetryAttempts: 0 });
  await desk.call('Invoke', { FunctionName: 'f', InvocationType: 'Event' });
  desk.clock.advance(3_600_000);
  await settle();
  assert.equal(desk.invoked.length, 4);

  desk.result = { kind: 'throttled', reason: 'x' };
  await desk.call('PutFunctionEventInvokeConfig', { FunctionName: 'f', MaximumEventAgeInSeconds: 60 });
  await desk.call('Invoke', { FunctionName: 'f', InvocationType: 'Event' });
  for (let i = 0; i < 100; i++) {
    desk.clock.advance(1000);
    await settle();
  }
  // at 0, 1, 3, 7, 15, 31 s; 63 s is too old
  assert.equal(desk.invoked.length, 4 + 6);
});

test('what the service stores is what the runtime runs', async () => {
  await using bench = new FunctionBench();
  const desk = new Desk({ invoke: (request) => bench.host.invoke(request), ready: async () => 0 });
  const code = zipFiles({ 'index.js': 'exports.handler = async (event, context) => { console.log("hi"); return [event, context.functionVersion, process.env.K1, context.invokedFunctionArn]; }' });
  await desk.create({ Code: { ZipFile: code }, Environment: { Variables: { K1: 'v' } }, Publish: true, LoggingConfig: { LogFormat: 'JSON' } });
  writeFileSync(join(bench.folder, 'zips', createHash('sha256').update(code).digest('hex')), code);
  bench.host.update(executableFunctions(desk.store.world));
  const answer = await desk.call('Invoke', { FunctionName: 'f', Payload: Buffer.from('[1]'), LogType: 'Tail' });
  assert.deepEqual(JSON.parse(answer.Payload.toString()), [[1], '$LATEST', 'v', `${ARN}f`]);
  const lines = Buffer.from(answer.LogResult, 'base64').toString().trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((line) => line.type ?? line.level), ['platform.start', 'INFO', 'platform.report']);
  assert.equal(lines[1].message, 'hi');
  const version = await desk.call('Invoke', { FunctionName: 'f:1', Payload: Buffer.from('[2]') });
  assert.equal(version.ExecutedVersion, '1');
  assert.deepEqual(JSON.parse(version.Payload.toString()), [[2], '1', 'v', `${ARN}f:1`]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
test('an update begins environments anew; tags, policies and publications leave them alone, though they change the revision', async () => {
  const desk = new Desk();
  await desk.create();
  const run = (): string => executableFunctions(desk.store.world).find(({ id }) => id === `${ARN}f`)!.revision;
  const first = run();
  for (const [operation, input] of [
    ['TagResource', { Resource: `${ARN}f`, Tags: { a: 'b' } }], ['AddPermission', { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '*' }], ['PublishVersion', { FunctionName: 'f' }],
  ] as const) {
    await desk.call(operation, input);
    assert.equal(run(), first, operation);
  }
  await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { A1: '1' } } });
  const second = run();
  assert.notEqual(second, first, 'what is run has changed');
  desk.clock.advance(1);
  await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { A1: '1' } } });
  assert.notEqual(run(), second, 'as on AWS, whatever was updated');
});
