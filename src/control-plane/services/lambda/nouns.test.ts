import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import { Desk } from '../../../../test/support/lambda-desk.ts';
import { zipFiles } from '../../../../test/support/zip.ts';
import { FolderObjects } from '../../store/index.ts';
import { diskJournal } from './event-journal.ts';
import type { FunctionInvoker } from './invoker.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:';
const ZIP = zipFiles({ 'nodejs/node_modules/a/index.js': 'module.exports = 1' });
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setImmediate(resolve)));

// https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
test('layers: numbered, listed, used, shared with accounts, and usable after they are deleted', async () => {
  const desk = new Desk();
  const first = await desk.call('PublishLayerVersion', { LayerName: 'l', Content: { ZipFile: ZIP }, CompatibleRuntimes: ['nodejs22.x'], Description: 'one' });
  assert.equal(first.LayerVersionArn, `${ARN}layer:l:1`);
  assert.equal(first.Content.CodeSize, ZIP.length);
  await desk.call('PublishLayerVersion', { LayerName: 'l', Content: { ZipFile: ZIP } });
  assert.deepEqual((await desk.call('ListLayerVersions', { LayerName: 'l' })).LayerVersions.map((each: { Version: number }) => each.Version), [2, 1]);
  assert.deepEqual((await desk.call('ListLayerVersions', { LayerName: 'l', CompatibleRuntime: 'nodejs22.x' })).LayerVersions.map((each: { Version: number }) => each.Version), [1]);
  assert.equal((await desk.call('ListLayers', {})).Layers[0].LatestMatchingVersion.Version, 2);
  const made = await desk.create({ Layers: [`${ARN}layer:l:1`] });
  assert.deepEqual(made.Layers, [{ Arn: `${ARN}layer:l:1`, CodeSize: ZIP.length }]);
  await desk.refused('UpdateFunctionConfiguration', { FunctionName: 'f', Layers: [`${ARN}layer:l:1`, `${ARN}layer:l:2`] }, 'InvalidParameterValueException', /^Two different versions of the same layer/);
  const other = { account: '210987654321' };
  const create = (): Promise<unknown> => desk.call('CreateFunction', { FunctionName: 'g', Runtime: 'nodejs22.x', Handler: 'i.h', Role: 'arn:aws:iam::210987654321:role/r', Code: { ZipFile: ZIP }, Layers: [`${ARN}layer:l:1`] }, other);
  await assert.rejects(create(), { code: 'AccessDeniedException' });
  const permission = { LayerName: 'l', VersionNumber: 1, StatementId: 's', Action: 'lambda:GetLayerVersion', Principal: '210987654321' };
  const { RevisionId } = await desk.call('AddLayerVersionPermission', permission);
  await desk.refused('AddLayerVersionPermission', permission, 'ResourceConflictException', /already exists/);
  assert.equal(JSON.parse((await desk.call('GetLayerVersionPolicy', { LayerName: 'l', VersionNumber: 1 })).Policy).Statement[0].Principal.AWS, 'arn:aws:iam::210987654321:root');
  await create();
  await desk.refused('RemoveLayerVersionPermission', { LayerName: 'l', VersionNumber: 1, StatementId: 's', RevisionId: 'other' }, 'PreconditionFailedException', /Revision/);
  await desk.call('RemoveLayerVersionPermission', { LayerName: 'l', VersionNumber: 1, StatementId: 's', RevisionId });
  await desk.call('DeleteLayerVersion', { LayerName: 'l', VersionNumber: 1 });
  await desk.refused('GetLayerVersionByArn', { Arn: `${ARN}layer:l:1` }, 'ResourceNotFoundException', /does not exist/);
  assert.equal((await desk.call('GetFunctionConfiguration', { FunctionName: 'f' })).Layers.length, 1);
  assert.equal((await desk.call('PublishLayerVersion', { LayerName: 'l', Content: { ZipFile: ZIP } })).Version, 3);
  await desk.refused('PublishLayerVersion', { LayerName: 'l', Content: { ZipFile: ZIP }, CompatibleRuntimes: ['java21', 'cobol'] }, 'ValidationException', /^1 validation error detected: Value '\[java21, cobol\]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy enum value set: \[nodejs/);
});

// https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
test('provisioned concurrency: of versions and aliases, within what is reserved or left, ready when its environments are', async () => {
  const desk = new Desk();
  await desk.create({ Publish: true });
  const put = { FunctionName: 'f', Qualifier: '1', ProvisionedConcurrentExecutions: 2 };
  await desk.refused('PutProvisionedConcurrencyConfig', { ...put, Qualifier: '$LATEST' }, 'InvalidParameterValueException', /unpublished function versions/);
  await desk.refused('GetProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '1' }, 'ProvisionedConcurrencyConfigNotFoundException', /No Provisioned/);
  assert.equal((await desk.call('PutProvisionedConcurrencyConfig', put)).Status, 'IN_PROGRESS');
  desk.ready = 5;
  const { Status, AllocatedProvisionedConcurrentExecutions: allocated } = await desk.call('GetProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '1' });
  assert.deepEqual([Status, allocated], ['READY', 2]);
  assert.equal((await desk.call('GetAccountSettings', {})).AccountLimit.UnreservedConcurrentExecutions, 998);
  await desk.refused('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 }, 'InvalidParameterValueException', /provisioned/);
  await desk.refused('PutProvisionedConcurrencyConfig', { ...put, ProvisionedConcurrentExecutions: 950 }, 'InvalidParameterValueException', /below its minimum value of \[100\]\.$/);
  await desk.refused('PutProvisionedConcurrencyConfig', { ...put, ProvisionedConcurrentExecutions: 1001 }, 'InvalidParameterValueException', /unreserved concurrency \[1000\]\.$/);
  await desk.call('DeleteProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '1' });
  assert.deepEqual((await desk.call('ListProvisionedConcurrencyConfigs', { FunctionName: 'f' })).ProvisionedConcurrencyConfigs, []);
});

test('code signing: Enforce takes no code, Warn takes all', async () => {
  const desk = new Desk();
  const publishers = { AllowedPublishers: { SigningProfileVersionArns: ['arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/1'] } };
  const { CodeSigningConfig: config } = await desk.call('CreateCodeSigningConfig', { ...publishers, CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' } });
  assert.match(config.CodeSigningConfigArn, /:code-signing-config:csc-[0-9a-f]{17}$/);
  await assert.rejects(desk.create({ CodeSigningConfigArn: config.CodeSigningConfigArn }), { code: 'CodeVerificationFailedException' });
  await desk.call('UpdateCodeSigningConfig', { CodeSigningConfigArn: config.CodeSigningConfigArn, CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' } });
  await desk.create({ CodeSigningConfigArn: config.CodeSigningConfigArn });
  assert.deepEqual((await desk.call('ListFunctionsByCodeSigningConfig', { CodeSigningConfigArn: config.CodeSigningConfigArn })).FunctionArns, [`${ARN}function:f`]);
  await desk.refused('DeleteCodeSigningConfig', { CodeSigningConfigArn: config.CodeSigningConfigArn }, 'ResourceConflictException', /being used/);
  await desk.call('DeleteFunctionCodeSigningConfig', { FunctionName: 'f' });
  await desk.call('DeleteCodeSigningConfig', { CodeSigningConfigArn: config.CodeSigningConfigArn });
  await desk.refused('GetCodeSigningConfig', { CodeSigningConfigArn: config.CodeSigningConfigArn }, 'ResourceNotFoundException', `The Lambda code signing configuration ${config.CodeSigningConfigArn} can not be found.`);
});

test('runtime management and recursion are kept', async () => {
  const desk = new Desk();
  await desk.create();
  await desk.call('PutRuntimeManagementConfig', { FunctionName: 'f', UpdateRuntimeOn: 'FunctionUpdate' });
  assert.deepEqual(await desk.call('GetRuntimeManagementConfig', { FunctionName: 'f' }), { UpdateRuntimeOn: 'FunctionUpdate', FunctionArn: `${ARN}function:f:$LATEST` });
  assert.deepEqual(await desk.call('GetFunctionRecursionConfig', { FunctionName: 'f' }), { RecursiveLoop: 'Terminate' });
  await desk.call('PutFunctionRecursionConfig', { FunctionName: 'f', RecursiveLoop: 'Allow' });
  assert.deepEqual(await desk.call('GetFunctionRecursionConfig', { FunctionName: 'f' }), { RecursiveLoop: 'Allow' });
});

test('code from a bucket, and from a folder that the installation allows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-code-'));
  try {
    mkdirSync(join(folder, 'buckets', 'artifacts', 'builds'), { recursive: true });
    mkdirSync(join(folder, 'mine', 'f'), { recursive: true });
    writeFileSync(join(folder, 'buckets', 'artifacts', 'builds', 'f.zip'), ZIP);
    const desk = new Desk(undefined, { objects: new FolderObjects(join(folder, 'buckets')), functionFolders: [join(folder, 'mine')] });
    const code = (S3Bucket: string, S3Key: string): object => ({ Code: { S3Bucket, S3Key } });
    assert.equal((await desk.create(code('artifacts', 'builds/f.zip'))).CodeSize, ZIP.length);
    const refusals: readonly (readonly [string, string, RegExp])[] = [
      ['artifacts', 'builds/other.zip', /NoSuchKey/], ['artifacts', '../mine/f', /NoSuchKey/], ['absent', 'f.zip', /NoSuchBucket/], ['..', 'f.zip', /NoSuchBucket/],
      ['hot-reload', 'relative', /absolute path/], ['hot-reload', `${folder}/mine/absent`, /There is no folder/],
    ];
    for (const [bucket, key, message] of refusals) await desk.refused('UpdateFunctionCode', { FunctionName: 'f', S3Bucket: bucket, S3Key: key }, 'InvalidParameterValueException', message);
    for (const path of ['/etc', `${folder}/mine/../buckets`, `${folder}/mineral`]) {
      await desk.refused('UpdateFunctionCode', { FunctionName: 'f', S3Bucket: 'hot-reload', S3Key: path }, 'AccessDeniedException', /function-folders/);
    }
    await desk.call('UpdateFunctionCode', { FunctionName: 'f', S3Bucket: 'hot-reload', S3Key: `${folder}/mine/f/` });
    assert.equal((await desk.call('GetFunction', { FunctionName: 'f' })).Code.Location, `file://${folder}/mine/f`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
test('destinations are told how an event ended', async () => {
  const desk = new Desk();
  for (const FunctionName of ['f', 'good', 'bad']) await desk.create({ FunctionName });
  const config = { FunctionName: 'f', MaximumRetryAttempts: 0, DestinationConfig: { OnSuccess: { Destination: `${ARN}function:good` }, OnFailure: { Destination: `${ARN}function:bad` } } };
  await desk.refused('PutFunctionEventInvokeConfig', { ...config, DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:123456789012:q' } } }, 'InvalidParameterValueException', /destinations are functions/);
  await desk.refused('PutFunctionEventInvokeConfig', { ...config, DestinationConfig: { OnFailure: { Destination: `${ARN}function:f` } } }, 'InvalidParameterValueException', /destination for itself/);
  assert.equal((await desk.call('PutFunctionEventInvokeConfig', config)).DestinationConfig.OnSuccess.Destination, `${ARN}function:good`);
  const told = async (): Promise<{ arn: string; record: Record<string, unknown> & { requestContext: Record<string, unknown>; responseContext: Record<string, unknown> } }> => {
    desk.invoked.length = 0;
    await desk.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('{"n":1}') });
    for (let i = 0; i < 5; i++) await settle();
    const [arn = '', ...text] = desk.invoked[1]!.split(' ');
    return { arn, record: JSON.parse(text.join(' ')) };
  };
  const good = await told();
  assert.equal(good.arn, `${ARN}function:good`);
  assert.deepEqual([good.record.version, good.record['requestPayload'], good.record['responsePayload']], ['1.0', { n: 1 }, 'ran']);
  assert.deepEqual(good.record.requestContext, { requestId: good.record.requestContext['requestId'], functionArn: `${ARN}function:f:$LATEST`, condition: 'Success', approximateInvokeCount: 1 });
  desk.result = { kind: 'function-error', error: 'Unhandled', payload: Buffer.from('{"errorType":"E"}'), logTail: '' };
  const bad = await told();
  assert.equal(bad.arn, `${ARN}function:bad`);
  assert.equal(bad.record.requestContext['condition'], 'RetriesExhausted');
  assert.deepEqual(bad.record.responseContext, { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' });
});

test('an event that waits survives the end of the program', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-events-'));
  try {
    const seen: string[] = [];
    const stuck: FunctionInvoker = { invoke: () => new Promise(() => {}), ready: async () => 0 };
    const before = new Desk(stuck, { eventJournal: diskJournal(folder) });
    await before.create();
    await before.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('{"kept":true}') });
    writeFileSync(join(folder, 'torn.json'), '{"id":"torn","invoc');
    // what was cut off in the making was never acknowledged
    writeFileSync(join(folder, '.begun'), '{');
    // what cannot be read now may be at the next start
    mkdirSync(join(folder, 'elsewhere.json'));
    const running: FunctionInvoker = {
      invoke: async ({ payload }) => {
        seen.push(payload.toString());
        return { kind: 'ok', payload: Buffer.from('1'), logTail: '' };
      },
      ready: async () => 0,
    };
    const after = new Desk(running, { eventJournal: diskJournal(folder) });
    await eventually('it is run', () => seen.length > 0);
    assert.deepEqual(seen, ['{"kept":true}']);
    assert.deepEqual(after.invoked, []);
    await eventually('it is forgotten', async () => (await diskJournal(folder).recover()).length === 0);
    assert.deepEqual(readdirSync(folder), ['elsewhere.json']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an event is acknowledged when its name is on the disk too, not its octets alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-events-'));
  const handle = await open(folder);
  let folders = 0;
  t.mock.method(Object.getPrototypeOf(handle) as FileHandle, 'sync', async function (this: FileHandle) {
    if ((await this.stat()).isDirectory()) folders++;
  });
  await handle.close();
  const desk = new Desk(undefined, { eventJournal: diskJournal(folder) });
  await desk.create();
  await desk.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('{}') });
  assert.equal(folders, 1);
  rmSync(folder, { recursive: true });
});

test('a function of another account is invoked where its policy says so, and nothing else is done to it', async () => {
  const desk = new Desk();
  await desk.create();
  const other = { account: '210987654321', principal: 'arn:aws:iam::210987654321:user/ann' };
  const invoke = (): Promise<{ StatusCode: number }> => desk.call('Invoke', { FunctionName: `${ARN}function:f` }, other);
  await assert.rejects(invoke(), { code: 'AccessDeniedException' });
  await desk.call('AddPermission', { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '210987654321' });
  assert.equal((await invoke()).StatusCode, 200);
  await assert.rejects(desk.call('DeleteFunction', { FunctionName: `${ARN}function:f` }, other), { code: 'AccessDeniedException' });
});

test('an alias divides invocations exactly', async () => {
  const desk = new Desk();
  await desk.create({ Publish: true });
  await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', MemorySize: 256 });
  await desk.call('PublishVersion', { FunctionName: 'f' });
  await desk.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { '2': 0.3 } } });
  const versions: string[] = [];
  for (let i = 0; i < 100; i++) versions.push((await desk.call('Invoke', { FunctionName: 'f', Qualifier: 'live' })).ExecutedVersion);
  assert.equal(versions.filter((version) => version === '2').length, 30);
});

test('a response stream: parts as events, the end with the log or the error', async () => {
  const invoker: FunctionInvoker = {
    invoke: async ({ stream, payload }) => {
      if (payload.toString() === '"throttled"') return { kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' };
      stream!.begin('text/plain');
      for (const word of ['a', 'b']) await new Promise<void>((resolve) => stream!.part(Buffer.from(word), resolve));
      if (payload.toString() === '"late"') return { kind: 'function-error', error: 'Unhandled', payload: Buffer.from('{"errorType":"Late"}'), logTail: '' };
      return { kind: 'ok', payload: Buffer.alloc(0), logTail: 'tail' };
    },
    ready: async () => 0,
  };
  const desk = new Desk(invoker);
  await desk.create();
  const events = async (payload: string): Promise<string> => {
    const { EventStream } = await desk.call('InvokeWithResponseStream', { FunctionName: 'f', Payload: Buffer.from(payload), LogType: 'Tail' });
    const all: string[] = [];
    for await (const event of EventStream) all.push('PayloadChunk' in event ? event.PayloadChunk.Payload.toString() : JSON.stringify(event.InvokeComplete));
    return all.join(' ');
  };
  assert.equal(await events('{}'), `a b {"LogResult":"${Buffer.from('tail').toString('base64')}"}`);
  assert.match(await events('"late"'), /^a b \{"ErrorCode":"Late","ErrorDetails":"\{\\"errorType\\":\\"Late\\"\}"/);
  await desk.refused('InvokeWithResponseStream', { FunctionName: 'f', Payload: Buffer.from('"throttled"') }, 'TooManyRequestsException', 'Rate Exceeded.');
});
