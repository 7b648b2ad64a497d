/** Handlers of popular libraries, unmodified: behind a load balancer, the URL of a function and an HTTP API, from a folder with their packages. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiGatewayV2Client, CreateApiCommand } from '@aws-sdk/client-apigatewayv2';
import { AddPermissionCommand, CreateFunctionCommand, CreateFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Balancer, clientSettings, forward } from '../../support/load/balancer.ts';
import { ROOT, startTurnpike } from '../../support/turnpike.ts';

/** An address of this test's own: its ports are shared with nobody. */
const ADDRESS = '127.0.77.2';

/** Each serves `GET /hello/NAME?x=`, `POST /json` and `GET /teapot` by the means of its library. */
const HANDLERS: Readonly<Record<string, string>> = {
  'serverless-http': `
    import express from 'express'; import serverless from 'serverless-http';
    const app = express(); app.use(express.json());
    app.get('/hello/:name', (req, res) => res.set('x-library', 'express').json({ name: req.params.name, x: req.query.x, cookie: req.headers.cookie }));
    app.post('/json', (req, res) => res.status(201).json({ got: req.body }));
    app.get('/teapot', (req, res) => res.status(418).send('short and stout'));
    export const handler = serverless(app);`,
  'serverless-express': `
    import express from 'express'; import serverlessExpress from '@codegenie/serverless-express';
    const app = express(); app.use(express.json());
    app.get('/hello/:name', (req, res) => res.set('x-library', 'express').json({ name: req.params.name, x: req.query.x, cookie: req.headers.cookie }));
    app.post('/json', (req, res) => res.status(201).json({ got: req.body }));
    app.get('/teapot', (req, res) => res.status(418).send('short and stout'));
    export const handler = serverlessExpress({ app });`,
  hono: `
    import { Hono } from 'hono'; import { handle } from 'hono/aws-lambda';
    const app = new Hono();
    app.get('/hello/:name', (c) => { c.header('x-library', 'hono'); return c.json({ name: c.req.param('name'), x: c.req.query('x'), cookie: c.req.header('cookie') }); });
    app.post('/json', async (c) => c.json({ got: await c.req.json() }, 201));
    app.get('/teapot', (c) => c.text('short and stout', 418));
    export const handler = handle(app);`,
  fastify: `
    import fastify from 'fastify'; import awsLambdaFastify from '@fastify/aws-lambda';
    const app = fastify();
    app.get('/hello/:name', async (req, reply) => { reply.header('x-library', 'fastify'); return { name: req.params.name, x: req.query.x, cookie: req.headers.cookie }; });
    app.post('/json', async (req, reply) => { reply.code(201); return { got: req.body }; });
    app.get('/teapot', async (req, reply) => reply.code(418).send('short and stout'));
    export const handler = awsLambdaFastify(app);`,
  powertools: `
    import { Router } from '@aws-lambda-powertools/event-handler/http';
    const app = new Router();
    app.get('/hello/:name', async ({ req, params }) => new Response(JSON.stringify({ name: params.name, x: new URL(req.url).searchParams.get('x'), cookie: req.headers.get('cookie') }), { headers: { 'content-type': 'application/json', 'x-library': 'powertools' } }));
    app.post('/json', async ({ req }) => new Response(JSON.stringify({ got: await req.json() }), { status: 201, headers: { 'content-type': 'application/json' } }));
    app.get('/teapot', async () => new Response('short and stout', { status: 418 }));
    export const handler = async (event, context) => app.resolve(event, context);`,
};

interface Answer {
  readonly status: number;
  readonly library: string | undefined;
  readonly body: string;
}

function ask(at: { readonly port: number; readonly host: string }, path: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host: at.host, cookie: 'a=1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const sent = request({ host: ADDRESS, port: at.port, method: body === undefined ? 'GET' : 'POST', path, agent: false, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve({ status: answer.statusCode!, library: answer.headers['x-library'] as string | undefined, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('popular libraries', { timeout: 300_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-libraries-'));
  const code = join(folder, 'code');
  mkdirSync(code);
  const turnpike = await startTurnpike({
    dataFolder: join(folder, 'data'), options: ['--workers', '1', '--drain-seconds', '1', '--addresses', ADDRESS, '--address-pool', 'no', '--port-offset', '8000', '--function-folders', code],
  });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true });
  });
  const gateway = new ApiGatewayV2Client(clientSettings(turnpike.endpoint));
  const lambda = new LambdaClient(clientSettings(turnpike.endpoint));
  const balancer = await Balancer.create(turnpike.endpoint);
  let priority = 0;
  for (const [name, source] of Object.entries(HANDLERS)) {
    await t.test(name, async () => {
      mkdirSync(join(code, name));
      symlinkSync(join(ROOT, 'node_modules'), join(code, name, 'node_modules'));
      writeFileSync(join(code, name, 'index.mjs'), source);
      const made = await lambda.send(new CreateFunctionCommand({
        FunctionName: name, Runtime: 'nodejs22.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/lambda', MemorySize: 512, Timeout: 20,
        Code: { S3Bucket: 'hot-reload', S3Key: join(code, name) },
      }));
      await lambda.send(new AddPermissionCommand({ FunctionName: name, StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com' }));
      await lambda.send(new AddPermissionCommand({ FunctionName: name, StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' }));
      const url = (await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: 'NONE' }))).FunctionUrl!;
      const host = `${name}.test`;
      await balancer.hostRule(++priority, host, forward(await balancer.functionGroup(name, made.FunctionArn!)));
      await lambda.send(new AddPermissionCommand({ FunctionName: name, StatementId: 'api', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' }));
      const api = await gateway.send(new CreateApiCommand({ Name: name, ProtocolType: 'HTTP', Target: made.FunctionArn }));
      for (const at of [{ port: balancer.port, host }, { port: 8080, host: new URL(url).hostname }, { port: 8080, host: new URL(api.ApiEndpoint!).hostname }]) {
        const hello = await ask(at, '/hello/ann?x=1');
        assert.equal(hello.status, 200, `${at.host}: ${hello.body}`);
        assert.deepEqual(JSON.parse(hello.body), { name: 'ann', x: '1', cookie: 'a=1' });
        assert.ok(hello.library !== undefined);
        const posted = await ask(at, '/json', '{"n":[1,"ü"]}');
        assert.deepEqual([posted.status, JSON.parse(posted.body)], [201, { got: { n: [1, 'ü'] } }]);
        const teapot = await ask(at, '/teapot');
        assert.deepEqual([teapot.status, teapot.body], [418, 'short and stout']);
        // serverless-express's own answer to what Express 5 does where no route matches is 500, wherever it runs ("ee.on is not a function")
        assert.equal((await ask(at, '/nothing/there')).status, name === 'serverless-express' ? 500 : 404);
      }
      // hot reload: what is written is what is called next
      await new Promise((resolve) => setTimeout(resolve, 150));
      writeFileSync(join(code, name, 'index.mjs'), "export const handler = async () => ({ statusCode: 200, headers: {}, body: 'changed' });");
      assert.equal((await ask({ port: balancer.port, host }, '/hello/ann')).body, 'changed');
    });
  }
});
