/** https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { zip } from '../../support/zip.ts';
import { ApiInstallation } from './http-api.ts';

let apis: ApiInstallation;
before(async () => {
  apis = await ApiInstallation.open();
});
after(() => apis[Symbol.asyncDispose]());

const says = (text: string): string => `exports.handler = async () => ({ statusCode: 200, body: ${JSON.stringify(text)} });`;

test('an alias behind an API divides its invocations, and moves without a change of the API', async () => {
  const FunctionName = (await apis.function(says('old'))).split(':').at(-1)!;
  await apis.aws('lambda', 'PublishVersion', { FunctionName });
  await apis.aws('lambda', 'UpdateFunctionCode', { FunctionName, ZipFile: zip([{ name: 'index.js', data: says('new') }]) });
  await apis.aws('lambda', 'PublishVersion', { FunctionName });
  const { AliasArn } = await apis.aws<{ AliasArn: string }>('lambda', 'CreateAlias', { FunctionName, Name: 'live', FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } } });
  await apis.aws('lambda', 'AddPermission', { FunctionName, Qualifier: 'live', StatementId: 'api', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' });
  const api = await apis.api();
  await apis.route(api, 'GET /', await apis.lambda(api, AliasArn));
  const answers: string[] = [];
  for (let i = 0; i < 12; i++) answers.push((await apis.get(api)).body);
  assert.deepEqual([answers.filter((body) => body === 'old').length, answers.filter((body) => body === 'new').length], [9, 3]);
  await apis.aws('lambda', 'UpdateAlias', { FunctionName, Name: 'live', FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: {} } });
  assert.equal((await apis.get(api)).body, 'new');
});
