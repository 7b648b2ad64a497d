/**
 * What Lambda answers where its documentation names the error and not the words. The words were seen in answers of AWS itself; the documentation is
 * https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { Desk } from '../../support/lambda-desk.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:';
const LAYER = 'arn:aws:lambda:us-east-1:123456789012:layer:';
const SIGNING = 'arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-00000000000000001';
const ABSENT = 'The resource you requested does not exist.';
const REVISION = 'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';

type Refusal = readonly [operation: string, input: object, code: string, message: string];

const NOT_FOUND = 'ResourceNotFoundException';
const INVALID = 'InvalidParameterValueException';

/** Held against a function `f` with version 1, an alias `live` that leads to it, and a layer `l` with version 1. */
const REFUSALS: readonly Refusal[] = [
  // what is not there
  ['GetFunction', { FunctionName: 'f', Qualifier: '9' }, NOT_FOUND, `Function not found: ${ARN}f:9`],
  ['DeleteFunction', { FunctionName: 'g', Qualifier: '9' }, NOT_FOUND, `Function not found: ${ARN}g`],
  ['DeleteFunction', { FunctionName: 'g', Qualifier: '$LATEST' }, INVALID, '$LATEST version cannot be deleted without deleting the function.'],
  ['Invoke', { FunctionName: 'g' }, NOT_FOUND, `Function not found: ${ARN}g:$LATEST`],
  ['Invoke', { FunctionName: 'f:other' }, NOT_FOUND, `Function not found: ${ARN}f:other`],
  ['PutFunctionConcurrency', { FunctionName: 'g', ReservedConcurrentExecutions: 1 }, NOT_FOUND, `Function not found: ${ARN}g:$LATEST`],
  ['CreateAlias', { FunctionName: 'g', Name: 'a', FunctionVersion: '1' }, NOT_FOUND, `Function not found: ${ARN}g:1`],
  ['GetAlias', { FunctionName: 'f', Name: 'other' }, NOT_FOUND, `Cannot find alias arn: ${ARN}f:other`],
  ['GetFunction', { FunctionName: `${ARN.replace('us-east-1', 'eu-west-1')}f` }, NOT_FOUND, "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"],
  ['UpdateEventSourceMapping', { UUID: '00000000-0000-4000-8000-000000000000' }, NOT_FOUND, ABSENT],
  // reserved and provisioned concurrency
  ['PutFunctionConcurrency', { FunctionName: 'f:$LATEST', ReservedConcurrentExecutions: 1 }, INVALID, 'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.'],
  ['GetProvisionedConcurrencyConfig', { FunctionName: 'g', Qualifier: 'a' }, NOT_FOUND, `Cannot find alias arn: ${ARN}g:a`],
  ['GetProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '9' }, NOT_FOUND, `Function not found: ${ARN}f:9`],
  ['DeleteProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '$LATEST' }, INVALID, 'The function resource provided must be an alias or a published version.'],
  ['PutProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '$LATEST', ProvisionedConcurrentExecutions: 1 }, INVALID, 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'],
  // asynchronous invocation
  ['PutFunctionEventInvokeConfig', { FunctionName: 'g', MaximumRetryAttempts: 1 }, NOT_FOUND, "The function doesn't exist."],
  ['PutFunctionEventInvokeConfig', { FunctionName: 'f', Qualifier: 'other', MaximumRetryAttempts: 1 }, NOT_FOUND, "The function doesn't exist."],
  ['UpdateFunctionEventInvokeConfig', { FunctionName: 'f:live', MaximumRetryAttempts: 1 }, NOT_FOUND, `The function ${ARN}f:live doesn't have an EventInvokeConfig`],
  ['ListFunctionEventInvokeConfigs', { FunctionName: 'g' }, NOT_FOUND, "The function doesn't exist."],
  ['GetFunctionEventInvokeConfig', { FunctionName: 'g' }, NOT_FOUND, `The function ${ARN}g:$LATEST doesn't have an EventInvokeConfig`],
  ['DeleteFunctionEventInvokeConfig', { FunctionName: 'f', Qualifier: '9' }, NOT_FOUND, `The function ${ARN}f:9 doesn't have an EventInvokeConfig`],
  ['PutFunctionEventInvokeConfig', { FunctionName: 'f', DestinationConfig: { OnSuccess: { Destination: `${ARN}f` } } }, INVALID, "You can't specify the function as a destination for itself."],
  ['PutFunctionEventInvokeConfig', { FunctionName: 'f', DestinationConfig: { OnSuccess: { Destination: `${ARN}g` } } }, INVALID, `The destination ARN ${ARN}g is invalid.`],
  ['PutFunctionEventInvokeConfig', { FunctionName: 'f', DestinationConfig: { OnFailure: { Destination: 'arn:aws:iam:us-east-1:123456789012:x' } } }, INVALID,
    'The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=arn:aws:iam:us-east-1:123456789012:x)) is invalid.'],
  // function URLs
  ['CreateFunctionUrlConfig', { FunctionName: 'g', AuthType: 'NONE' }, NOT_FOUND, 'Function does not exist'],
  ['UpdateFunctionUrlConfig', { FunctionName: 'f', Qualifier: 'other' }, NOT_FOUND, 'Function does not exist'],
  ['UpdateFunctionUrlConfig', { FunctionName: 'f' }, NOT_FOUND, ABSENT],
  ['GetFunctionUrlConfig', { FunctionName: 'g' }, NOT_FOUND, ABSENT],
  ['DeleteFunctionUrlConfig', { FunctionName: 'f', Qualifier: 'other' }, NOT_FOUND, ABSENT],
  ['ListFunctionUrlConfigs', { FunctionName: 'g' }, NOT_FOUND, 'Function does not exist'],
  // policies
  ['AddPermission', { FunctionName: 'f:other', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '*' }, NOT_FOUND, `Cannot find alias arn: ${ARN}f:other`],
  ['AddPermission', { FunctionName: 'f:9', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '*' }, NOT_FOUND, `Function not found: ${ARN}f:9`],
  ['AddPermission', { FunctionName: 'f', Qualifier: 'a$b', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '*' }, NOT_FOUND, `Function not found: ${ARN}f:a$b`],
  ['RemovePermission', { FunctionName: 'g', StatementId: 's' }, NOT_FOUND, `No policy found for: ${ARN}g`],
  ['RemovePermission', { FunctionName: 'f', StatementId: 's' }, NOT_FOUND, 'No policy is associated with the given resource.'],
  ['GetPolicy', { FunctionName: 'f', Qualifier: '9' }, NOT_FOUND, ABSENT],
  ['GetPolicy', { FunctionName: 'g' }, NOT_FOUND, `Function not found: ${ARN}g`],
  // tags
  ['TagResource', { Resource: `${ARN}f`, Tags: {} }, INVALID, 'An error occurred and the request cannot be processed.'],
  ['TagResource', { Resource: `${ARN}f:$LATEST`, Tags: { a: 'b' } }, INVALID, 'Tags on function aliases and versions are not supported. Please specify a function ARN.'],
  // layers
  ['GetLayerVersion', { LayerName: 'l', VersionNumber: 0 }, INVALID, 'Layer Version Cannot be less than 1'],
  ['DeleteLayerVersion', { LayerName: 'l', VersionNumber: -1 }, INVALID, 'Layer Version Cannot be less than 1'],
  ['GetLayerVersion', { LayerName: 'l', VersionNumber: 9 }, NOT_FOUND, ABSENT],
  ['GetLayerVersionPolicy', { LayerName: 'l', VersionNumber: 9 }, NOT_FOUND, `Layer version ${LAYER}l:9 does not exist.`],
  ['RemoveLayerVersionPermission', { LayerName: 'm', VersionNumber: 1, StatementId: 's' }, NOT_FOUND, `Layer version ${LAYER}m:1 does not exist.`],
  ['UpdateFunctionConfiguration', { FunctionName: 'f', Layers: [`${LAYER}l:1`, `${LAYER}l:1`] }, INVALID,
    `Two different versions of the same layer are not allowed to be referenced in the same function. ${LAYER}l:1 and ${LAYER}l:1 are versions of the same layer.`],
  // code signing
  ['GetCodeSigningConfig', { CodeSigningConfigArn: SIGNING }, NOT_FOUND, `The Lambda code signing configuration ${SIGNING} can not be found.`],
  ['ListFunctionsByCodeSigningConfig', { CodeSigningConfigArn: SIGNING }, NOT_FOUND, `The Lambda code signing configuration ${SIGNING} can not be found.`],
  ['PutFunctionCodeSigningConfig', { FunctionName: 'g', CodeSigningConfigArn: SIGNING }, 'CodeSigningConfigNotFoundException', `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${SIGNING}.`],
  // runtimes, variables, revisions
  ['UpdateFunctionConfiguration', { FunctionName: 'f', Runtime: 'go1.x' }, INVALID, 'The runtime parameter of go1.x is no longer supported for creating or updating AWS Lambda functions. We recommend you use the new runtime (provided.al2023) while creating or updating functions.'],
  ['UpdateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { A1: 'x'.repeat(4088) } } }, INVALID,
    `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: {"A1":"${'x'.repeat(4088)}"}`],
  ['AddPermission', { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '*', RevisionId: 'old' }, 'PreconditionFailedException', REVISION],
  ['UpdateAlias', { FunctionName: 'f', Name: 'live', RevisionId: 'old' }, 'PreconditionFailedException', REVISION],
];

test('what is refused is refused under AWS\'s code, in its words', async (t) => {
  const desk = new Desk();
  await desk.create({ Publish: true });
  await desk.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
  await desk.layer('l');
  for (const [operation, input, code, message] of REFUSALS) await t.test(`${operation} ${JSON.stringify(input).slice(0, 120)}`, () => desk.refused(operation, input, code, message));
  await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { A1: 'x'.repeat(4087) } } });
});

test('versions, tags and policies change the revision of their function, version or alias, and a policy has that revision', async () => {
  const desk = new Desk();
  await desk.create();
  const revision = async (qualifier?: string): Promise<string> => (await desk.call('GetFunctionConfiguration', { FunctionName: 'f', Qualifier: qualifier })).RevisionId;
  const seen = new Set([await revision()]);
  const changed = async (operation: string, input: object): Promise<void> => {
    await desk.call(operation, input);
    const next = await revision();
    assert.equal(seen.has(next), false, operation);
    seen.add(next);
  };
  await changed('PublishVersion', { FunctionName: 'f' });
  await changed('TagResource', { Resource: `${ARN}f`, Tags: { a: 'b' } });
  await changed('UntagResource', { Resource: `${ARN}f`, TagKeys: ['a'] });
  const statement = { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '*' };
  await changed('AddPermission', { ...statement, RevisionId: await revision() });
  assert.equal((await desk.call('GetPolicy', { FunctionName: 'f' })).RevisionId, await revision());
  await changed('RemovePermission', { FunctionName: 'f', StatementId: 's', RevisionId: await revision() });
  await desk.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
  const latest = await revision();
  await desk.call('AddPermission', { ...statement, Qualifier: '1' });
  await desk.call('AddPermission', { ...statement, Qualifier: 'live' });
  assert.equal(await revision(), latest, 'not theirs');
  assert.equal((await desk.call('GetPolicy', { FunctionName: 'f', Qualifier: '1' })).RevisionId, await revision('1'));
  assert.equal((await desk.call('GetPolicy', { FunctionName: 'f', Qualifier: 'live' })).RevisionId, (await desk.call('GetAlias', { FunctionName: 'f', Name: 'live' })).RevisionId);
  assert.equal((await desk.call('PublishVersion', { FunctionName: 'f' })).Version, '1', 'nothing that is run has changed');
  await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', Description: 'other' });
  assert.equal((await desk.call('PublishVersion', { FunctionName: 'f', Description: 'of the version' })).Version, '2', 'a description is a change');
  assert.equal((await desk.call('PublishVersion', { FunctionName: 'f', Description: 'again' })).Version, '2');
});

test('what is told of a function that has variables, a VPC, or layers no more or never had', async () => {
  const desk = new Desk();
  assert.equal('Environment' in (await desk.create()), false);
  assert.deepEqual((await desk.create({ FunctionName: 'g', Environment: { Variables: {} } })).Environment, { Variables: {} });
  assert.match((await desk.call('GetFunctionConfiguration', { FunctionName: 'f' })).RuntimeVersionConfig.RuntimeVersionArn, /^arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$/);
  const { Functions } = await desk.call('ListFunctions', {});
  for (const member of ['RuntimeVersionConfig', 'State', 'LastUpdateStatus']) assert.equal(member in Functions[0], false, member);
  await desk.store.transact((transaction) => {
    const own = { account: '123456789012', region: 'us-east-1', createdAt: 0 };
    const current = transaction.get('lambda/function', `${ARN}f`)!;
    transaction.put('lambda/function', { ...current, ...own, vpc: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'], vpcId: 'vpc-1', ipv6AllowedForDualStack: true } });
  });
  const left = await desk.call('UpdateFunctionConfiguration', { FunctionName: 'f', VpcConfig: { SubnetIds: [], SecurityGroupIds: [] } });
  assert.deepEqual(left.VpcConfig, { SubnetIds: [], SecurityGroupIds: [], VpcId: '', Ipv6AllowedForDualStack: false });
  const bare = await desk.layer('bare');
  assert.deepEqual(['CompatibleRuntimes' in bare, 'CompatibleArchitectures' in bare], [false, false]);
  const empty = await desk.layer('empty', { CompatibleRuntimes: [], CompatibleArchitectures: [] });
  assert.deepEqual([empty.CompatibleRuntimes, empty.CompatibleArchitectures], [[], []]);
  assert.deepEqual(await desk.call('GetFunctionCodeSigningConfig', { FunctionName: 'f' }), {});
  const made = await desk.call('CreateFunctionUrlConfig', { FunctionName: 'f', AuthType: 'NONE' });
  assert.deepEqual(Object.keys(made).sort(), ['AuthType', 'CreationTime', 'FunctionArn', 'FunctionUrl']);
  assert.equal((await desk.call('UpdateFunctionUrlConfig', { FunctionName: 'f', InvokeMode: 'RESPONSE_STREAM' })).InvokeMode, 'RESPONSE_STREAM');
  assert.equal((await desk.call('GetFunctionUrlConfig', { FunctionName: 'f' })).InvokeMode, 'RESPONSE_STREAM');
});

// https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
test('environments are provisioned for a version or for one alias that points to it', async () => {
  const desk = new Desk();
  await desk.create({ Publish: true });
  await desk.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
  const put = { FunctionName: 'f', ProvisionedConcurrentExecutions: 2 };
  await desk.call('PutProvisionedConcurrencyConfig', { ...put, Qualifier: '1' });
  await desk.refused('PutProvisionedConcurrencyConfig', { ...put, Qualifier: 'live' }, 'ResourceConflictException', "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
  await desk.refused('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 }, INVALID, " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].");
  await desk.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 2 });
  await desk.refused('PutProvisionedConcurrencyConfig', { ...put, Qualifier: '1', ProvisionedConcurrentExecutions: 3 }, INVALID, 'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function');
  await desk.call('DeleteProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '1' });
  await desk.call('PutProvisionedConcurrencyConfig', { ...put, Qualifier: 'live' });
  await desk.refused('PutProvisionedConcurrencyConfig', { ...put, Qualifier: '1' }, 'ResourceConflictException', 'Version is pointed by a Provisioned Concurrency alias');
});

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
test('a payload that is no JSON is refused, with where it breaks', async (t) => {
  const desk = new Desk();
  await desk.create();
  const expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  const place = (column: number, line = 1): string => `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`;
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ['text', Buffer.from('hello there'), `Unrecognized token 'hello': was expecting ${expected}${place(6)}`],
    ['markup', Buffer.from('\n <a/>'), `Unexpected character ('<' (code 60)): expected a valid value ${expected}${place(2, 2)}`],
    ['octets', Buffer.from([0x99, 0x01]), `Unexpected character ((CTRL-CHAR, code 153)): expected a valid value ${expected}${place(1)}`],
    ['octets after a letter', Buffer.from([0x6e, 0x87]), `Invalid UTF-8 start byte 0x87${place(3)}`],
  ];
  for (const [name, payload, what] of cases) {
    await t.test(name, () => desk.refused('Invoke', { FunctionName: 'f', Payload: payload }, 'InvalidRequestContentException', `Could not parse request body into json: Could not parse payload into json: ${what}`));
  }
  await desk.refused('Invoke', { FunctionName: 'f', Payload: Buffer.from([0x22, 0xff, 0x22]) }, 'InvalidRequestContentException', /^Could not parse request body into json/);
  await desk.refused('Invoke', { FunctionName: 'f', Payload: Buffer.from('{"a":') }, 'InvalidRequestContentException', /^Could not parse request body into json/);
  assert.deepEqual(desk.invoked, []);
});

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html: a reservation of 0 throttles a function whole
test('the events of a function with a reservation of 0 go to the destination at once', async () => {
  const desk = new Desk();
  await desk.create();
  await desk.create({ FunctionName: 'told' });
  await desk.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
  await desk.call('PutFunctionEventInvokeConfig', { FunctionName: 'f', DestinationConfig: { OnFailure: { Destination: `${ARN}told` } } });
  await desk.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('{"a":1}') });
  await eventually('the destination is told', () => desk.invoked.length > 0);
  assert.equal(desk.invoked.length, 1);
  const [arn, record] = [desk.invoked[0]!.split(' ', 1)[0], JSON.parse(desk.invoked[0]!.slice(`${ARN}told `.length)) as Record<string, Record<string, unknown>>];
  assert.equal(arn, `${ARN}told`);
  assert.deepEqual([record['requestContext']!['condition'], record['requestContext']!['approximateInvokeCount'], record['requestPayload'], 'responseContext' in record], ['ZeroReservedConcurrency', 0, { a: 1 }, false]);
});
