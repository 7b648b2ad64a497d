/**
 * Public SAM samples, each applied with `turnpike up` and called by every route and URL that it asks for.
 *   SAM_SAMPLES=/tmp/samples node tools/test.ts system e2e/lambda/public-samples
 * They are not ours, and so not here. Each folder below SAM_SAMPLES that has a template.yaml is one; those that were run, and what is known of their answers, are in `KNOWN` by the folder's name:
 *   http-api-functions   repository aws/aws-sam-cli (Apache-2.0), tests/integration/testdata/start_api of commit c591f28b: main.py, and template-http-api.yaml as template.yaml; Python, 22 functions
 *   http-api-jwt         repository aws-samples/sessions-with-aws-sam (MIT-0), http-api; Node, two functions, a JWT authorizer
 *   streaming            repository aws-samples/serverless-patterns (MIT-0), lambda-streaming-ttfb-write-sam; Node, an alias and two URLs
 * A runtime that AWS takes for new functions no longer is raised, as it would have to be there. A parameter without a default is given the text `sample`.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Api, ApiGatewayV2Client, GetApisCommand, GetRoutesCommand, GetStagesCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient, ListFunctionsCommand, ListFunctionUrlConfigsCommand } from '@aws-sdk/client-lambda';
import { clientSettings } from '../../support/load/balancer.ts';
import { ask, type Served, ServerlessStage } from '../../support/serverless-stage.ts';

const root = process.env['SAM_SAMPLES'];
const samples = root === undefined ? [] : readdirSync(root).filter((name) => existsSync(join(root, name, 'template.yaml'))).sort();
const MOST_MS = 300_000;

/** What a call is answered with, where that is known: a status, and what is in the body. */
type Expected = readonly [status: number, body?: RegExp];
const HELLO: Expected = [200, /^\{"hello": "world"\}$/];

const KNOWN: Readonly<Record<string, Readonly<Record<string, Expected>>>> = {
  'http-api-functions': {
    'POST /id': HELLO, 'ANY /anyandall': HELLO, 'GET /proxypath/{proxy+}': HELLO, 'GET /stringstatuscode': HELLO, 'GET /writetostderr': HELLO, 'GET /writetostdout': HELLO,
    'GET /id/{id}/user/{user}': [200, /"pathParameters": \{"id": "one", "user": "one"\}/], 'GET /id/{id}': [200, /"routeKey": "GET \/id\/\{id\}"/], 'POST /echoeventbody': [200, /"body": "\{\\"sent\\":1\}"/],
    'GET /echoeventbody': [200, /"handler": "echo_event_handler_2"/], 'GET /getcontenttype': [200, /^hello$/], 'GET /onlysetstatuscode': [200, /^$/],
    // a document without a status is a body in version 2.0 of the payload, and no answer in 1.0
    'GET /onlysetbody': [200, /^\{"body":/],
    'GET /validv2responsehash': [200, /^\{"foo":\s?"bar"\}$/], 'GET /validv2responsestring': [200, /This is invalid/], 'GET /validv2responseinteger': [200, /^2$/],
    'GET /invalidv1responsehash': [500], 'GET /invalidv1responsestring': [500], 'GET /base64response': [200, /^GIF87a/], 'GET /multipleheaders': [200, /^hello$/],
    'GET /sleepfortenseconds/function0': [200, /I just slept/],
  },
  'http-api-jwt': { 'GET /': [200, /"routeKey":"GET \/"/], 'GET /admin': [401] },
  streaming: {},
};

function placed(name: string, stage: ServerlessStage): string {
  const folder = join(stage.folder, name);
  cpSync(join(root!, name), folder, { recursive: true });
  const file = join(folder, 'template.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/nodejs(8\.10|1[0246]\.x)/g, 'nodejs22.x').replace(/python3\.[67]\b/g, 'python3.12'));
  return folder;
}

/** Applied with what its parameters without a default need. */
async function applied(stage: ServerlessStage, folder: string): Promise<void> {
  const needed = [...readFileSync(join(folder, 'template.yaml'), 'utf8').matchAll(/^ {2}(\w+):\n(?: {4,}.*\n)*/gm)]
    .filter(([text]) => /^ {4}Type: (String|Number)$/m.test(text) && !/^ {4}Default:/m.test(text))
    .flatMap(([, name]) => ['-p', `${name!}=sample`]);
  await stage.up(folder, 0, needed);
}

async function stageOf(api: ApiGatewayV2Client, ApiId: string): Promise<string> {
  const [stage] = (await api.send(new GetStagesCommand({ ApiId }))).Items!;
  return stage!.StageName === '$default' ? '' : `/${stage!.StageName!}`;
}

async function callRoutes(client: ApiGatewayV2Client, { ApiId, ApiEndpoint }: Api, check: (route: string, answer: Served) => void): Promise<void> {
  const prefix = await stageOf(client, ApiId!);
  const routes = (await client.send(new GetRoutesCommand({ ApiId, MaxResults: '500' }))).Items!.map(({ RouteKey }) => RouteKey!);
  for (const route of routes) {
    const [verb = '', path = '/rest'] = route === '$default' ? ['GET'] : route.split(' ');
    const method = verb === 'ANY' ? 'GET' : verb;
    const body = ['POST', 'PUT', 'PATCH'].includes(method) ? { body: '{"sent":1}', headers: { 'content-type': 'application/json' } } : {};
    check(route, await asked(ApiEndpoint!, `${prefix}${path.replaceAll(/\{[^}]*\}/g, 'one')}`, { method, ...body }));
  }
}

/** Names are bound a moment after they are made. */
async function asked(endpoint: string, path: string, more: Parameters<typeof ask>[2] = {}): Promise<Served> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(endpoint, path, more);
    } catch (error) {
      if (attempt >= 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

for (const name of samples) {
  test(`the sample ${name} is applied, and answers by every route and URL`, { timeout: MOST_MS }, async (t) => {
    const stage = await ServerlessStage.open(t);
    await applied(stage, placed(name, stage));
    const settings = clientSettings(stage.endpoint);
    const [gateway, lambda, logs] = [new ApiGatewayV2Client(settings), new LambdaClient(settings), new CloudWatchLogsClient(settings)];
    const known = KNOWN[name] ?? {};
    const called = new Set<string>();
    for (const api of (await gateway.send(new GetApisCommand({}))).Items!) {
      await callRoutes(gateway, api, (route, answer) => {
        t.diagnostic(`${answer.status} ${route}`);
        called.add(route);
        const [status, body] = known[route] ?? [];
        if (status === undefined) assert.ok(answer.status !== 404 && answer.status !== 503, `${route}: ${answer.status} ${answer.body}`);
        else assert.equal(answer.status, status, `${route}: ${answer.body}`);
        if (body) assert.match(answer.body, body, route);
      });
    }
    assert.deepEqual(Object.keys(known).filter((route) => !called.has(route)), [], 'routes that the sample should have');
    const functions = (await lambda.send(new ListFunctionsCommand({}))).Functions!.map(({ FunctionName }) => FunctionName!);
    assert.ok(functions.length > 0);
    for (const FunctionName of functions) {
      for (const { FunctionUrl, AuthType } of (await lambda.send(new ListFunctionUrlConfigsCommand({ FunctionName }))).FunctionUrlConfigs!) {
        const { status } = await asked(FunctionUrl!, '/');
        t.diagnostic(`${status} ${AuthType} ${FunctionName}`);
        assert.ok(AuthType === 'AWS_IAM' ? status === 403 : status < 500, `${FunctionUrl}: ${status}`);
      }
      // what its routes did not reach (a guard was in front of it) is called by name
      const ran = (await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${FunctionName}`, filterPattern: 'REPORT' })).catch(() => null))?.events?.length ?? 0;
      if (ran > 0) continue;
      const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{}') }));
      t.diagnostic(`invoked ${FunctionName}`);
      assert.equal(FunctionError, undefined, Buffer.from(Payload ?? []).toString());
    }
  });
}

test('public samples', { skip: samples.length > 0 ? false : 'SAM_SAMPLES names no folder with samples: see the head of this file' }, () => {});
