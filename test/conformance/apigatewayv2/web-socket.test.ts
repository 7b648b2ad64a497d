import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { Agent } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { ApiGatewayManagementApiClient, DeleteConnectionCommand, GetConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { signedHandshakeHeaders } from './signed-handshake.ts';
import { SocketInstallation, invocationUri } from './web-socket-api.ts';

/** Answers with its event, and accepts every connection with the first subprotocol that is asked for. */
const ECHO = `exports.handler = async (event) => {
  const protocol = (event.headers || {})['Sec-WebSocket-Protocol'];
  return { statusCode: 200, body: JSON.stringify(event), ...(protocol ? { headers: { 'Sec-WebSocket-Protocol': protocol.split(',')[0] } } : {}) };
};`;

/** One for all: starting two workers is most of what a test of this kind costs. */
let at: SocketInstallation;
before(async () => {
  at = await SocketInstallation.open();
});
after(() => at?.[Symbol.asyncDispose]());

interface Event {
  readonly body: string;
  readonly requestContext: Readonly<Record<string, unknown>> & { readonly connectionId: string; readonly authorizer: Readonly<Record<string, unknown>> };
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html
test('a WebSocket API from its creation to the last message, across workers', async () => {
  const api = await at.api();
  const echo = await at.lambda(api, await at.apis.function(ECHO));
  for (const key of ['$connect', '$disconnect']) await at.route(api, key, echo);
  await at.route(api, '$default', echo, { responds: true });
  const clients = await Promise.all(Array.from({ length: 8 }, () => at.connect(api, { protocols: ['chat', 'other'] })));
  assert.equal(clients[0]!.socket.protocol, 'chat');
  const ids: string[] = [];
  for (const client of clients) ids.push((JSON.parse(await client.ask('hello')) as Event).requestContext.connectionId);
  assert.equal(new Set(ids).size, 8);

  // "POST at the control endpoint, or at any worker": https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
  const host = `http://127.0.0.1:${at.apis.port}/prod`;
  const byName = at.management(host);
  byName.middlewareStack.add((next) => (args) => {
    (args.request as { headers: Record<string, string> }).headers['host'] = api.host;
    return next(args);
  }, { step: 'build', priority: 'low' });
  for (const [name, management] of [['control endpoint', at.management()], ['with a stage', at.management(`${at.apis.inside.system.endpointUrl}/prod`)], ['the API', byName]] as const) {
    for (const [i, ConnectionId] of ids.entries()) {
      await management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(`${name} to ${i}`) }));
      assert.equal(await clients[i]!.text(), `${name} to ${i}`);
    }
  }
  assert.equal((await at.client(api, { stage: 'nowhere' }).refusal()).status, 403);
  const management = at.management();
  const told = await management.send(new GetConnectionCommand({ ConnectionId: ids[0]! }));
  assert.equal(told.Identity?.SourceIp, '127.0.0.1');
  assert.ok(told.ConnectedAt instanceof Date && told.LastActiveAt instanceof Date && told.LastActiveAt >= told.ConnectedAt);
  await management.send(new DeleteConnectionCommand({ ConnectionId: ids[0]! }));
  assert.equal((await clients[0]!.end()).code, 1000);
  const refusals: readonly (readonly [string, () => Promise<unknown>, string, number])[] = [
    ['gone', () => management.send(new PostToConnectionCommand({ ConnectionId: ids[0]!, Data: Buffer.from('x') })), 'GoneException', 410],
    ['malformed', () => management.send(new GetConnectionCommand({ ConnectionId: 'nobody' })), 'BadRequestException', 400],
    ['too large', () => management.send(new PostToConnectionCommand({ ConnectionId: ids[1]!, Data: Buffer.alloc(131_073) })), 'PayloadTooLargeException', 413],
    ['another stage', () => at.management(`${at.apis.inside.system.endpointUrl}/_aws/execute-api/${api.id}/dev`).send(new GetConnectionCommand({ ConnectionId: ids[1]! })), 'ForbiddenException', 403],
  ];
  for (const [name, refused, code, status] of refusals) {
    await assert.rejects(refused(), (error: Error & { readonly $metadata: { readonly httpStatusCode: number } }) => {
      assert.deepEqual([error.name, error.$metadata.httpStatusCode], [code, status], name);
      return true;
    });
  }

  // connections live through changes of the configuration, theirs and others'
  for (let i = 0; i < 100; i++) {
    await at.v2('UpdateStage', { ApiId: api.id, StageName: 'prod', StageVariables: { round: String(i) } });
    if (i % 10 === 0) {
      const { stageVariables } = JSON.parse(await clients[1 + (i / 10) % 7]!.ask('x')) as { readonly stageVariables: Readonly<Record<string, string>> };
      assert.deepEqual(stageVariables, { round: String(i) });
    }
  }
  assert.deepEqual(clients.slice(1).map(({ closed }) => closed), Array.from({ length: 7 }, () => null));

  await at.v2('DeleteApi', { ApiId: api.id });
  for (const client of clients.slice(1)) assert.equal((await client.end()).code, 1001);
  assert.deepEqual(at.apis.inside.errors, []);
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
test('a Lambda authorizer decides about $connect', async () => {
  const api = await at.api();
  const authorizer = await at.apis.function(`exports.handler = async (event) => ({
    principalId: 'user-' + event.queryStringParameters.token, context: { plan: 'gold', number: 7, arn: event.methodArn, type: event.type, event: event.requestContext.eventType },
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: event.queryStringParameters.token === 'bad' ? 'Deny' : 'Allow', Resource: event.methodArn }] },
  });`);
  const { AuthorizerId } = await at.v2<{ AuthorizerId: string }>('CreateAuthorizer', { ApiId: api.id, AuthorizerType: 'REQUEST', Name: 'tokens', AuthorizerUri: invocationUri(authorizer), IdentitySource: ['route.request.querystring.token'] });
  const echo = await at.lambda(api, await at.apis.function(ECHO));
  await at.route(api, '$connect', echo, { AuthorizationType: 'CUSTOM', AuthorizerId });
  await at.route(api, '$default', echo, { responds: true });
  assert.equal((await at.client(api).refusal()).status, 401, 'without its identity source the function is not asked');
  assert.equal((await at.client(api, { query: '?token=bad' }).refusal()).status, 403);
  const client = await at.connect(api, { query: '?token=good' });
  const { requestContext } = JSON.parse(await client.ask('hello')) as Event;
  assert.deepEqual(requestContext.authorizer, { principalId: 'user-good', plan: 'gold', number: '7', arn: `arn:aws:execute-api:us-east-1:000000000000:${api.id}/prod/$connect`, type: 'REQUEST', event: 'CONNECT' });
});

test('an authorizer sees the handshake, and is answered with 401 where it says so', async () => {
  const api = await at.api();
  const authorizer = await at.apis.function(`exports.handler = async (event) => {
    if (event.queryStringParameters.token !== 'good') throw new Error(event.queryStringParameters.token);
    const policyDocument = { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] };
    return { principalId: 'me', policyDocument, context: { headers: JSON.stringify(event.headers) } };
  };`);
  const { AuthorizerId } = await at.v2<{ AuthorizerId: string }>('CreateAuthorizer', { ApiId: api.id, AuthorizerType: 'REQUEST', Name: 'tokens', AuthorizerUri: invocationUri(authorizer), IdentitySource: ['route.request.querystring.token'] });
  const echo = await at.lambda(api, await at.apis.function(ECHO));
  await at.route(api, '$connect', echo, { AuthorizationType: 'CUSTOM', AuthorizerId });
  await at.route(api, '$default', echo, { responds: true });
  const { status, body } = await at.client(api, { query: '?token=Unauthorized' }).refusal();
  assert.deepEqual([status, body.slice(0, 26)], [401, '{"message": "Unauthorized"']);
  assert.equal((await at.client(api, { query: '?token=other' }).refusal()).status, 500);
  const { requestContext } = JSON.parse(await (await at.connect(api, { query: '?token=good' })).ask('hello')) as Event;
  const headers = JSON.parse(String(requestContext.authorizer['headers'])) as Record<string, string>;
  assert.deepEqual([headers['Connection'], headers['Upgrade'], headers['content-length']], ['upgrade', 'websocket', '0']);
});

// As API Gateway was seen to choose templates; a route response alone lets an answer come back.
test('integration responses choose their template by the answer', async () => {
  const api = await at.api();
  const answers = await at.apis.function(`exports.handler = async (event) => { if (event.fails) throw new Error('no'); return event; };`);
  const integration = await at.apis.integration(api, { IntegrationType: 'AWS', IntegrationMethod: 'POST', IntegrationUri: invocationUri(answers), RequestTemplates: { 'application/json': '{"fails":$input.json("$.fails")}' } });
  const RouteId = await at.route(api, '$default', integration);
  await at.v2('CreateRouteResponse', { ApiId: api.id, RouteId, RouteResponseKey: '$default' });
  const templates = { 200: 'status', 'application/json': 'type', no: 'message', $default: 'default' };
  const { IntegrationResponseId } = await at.v2('CreateIntegrationResponse', { ApiId: api.id, IntegrationId: integration, IntegrationResponseKey: '$default', ResponseTemplates: templates });
  const client = await at.connect(api);
  const chosen = async (): Promise<readonly string[]> => [await client.ask({ fails: false }), await client.ask({ fails: true })];
  assert.deepEqual(await chosen(), ['status', 'status']);
  for (const [expression, template] of [['$integration.response.header.Content-Type', 'type'], ['${integration.response.statuscode}', 'status'], ['$integration.response.body.errorMessage', 'default'], ['n\\o', 'message']] as const) {
    await at.v2('UpdateIntegrationResponse', { ApiId: api.id, IntegrationId: integration, IntegrationResponseId, TemplateSelectionExpression: expression });
    await eventually(`${expression} chooses ${template}`, async () => (await chosen()).join() === `${template},${template}`);
  }
  await assert.rejects(at.v2('UpdateIntegrationResponse', { ApiId: api.id, IntegrationId: integration, IntegrationResponseId, TemplateSelectionExpression: '$integration.response.header.x-other' }), /Invalid template selection expression/);
  await assert.rejects(at.v2('UpdateIntegration', { ApiId: api.id, IntegrationId: integration, TemplateSelectionExpression: '$integration.response.statuscode' }), /Invalid template selection expression/);
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
test('IAM authorization demands a signature of somebody who may', async () => {
  const api = await at.api();
  const echo = await at.lambda(api, await at.apis.function(ECHO));
  await at.route(api, '$connect', echo, { AuthorizationType: 'AWS_IAM' });
  await at.route(api, '$default', echo, { responds: true });
  await at.apis.aws('iam', 'CreateUser', { UserName: 'ada' });
  const { AccessKey } = await at.apis.aws<{ AccessKey: { AccessKeyId: string; SecretAccessKey: string } }>('iam', 'CreateAccessKey', { UserName: 'ada' });
  const headers = (): Readonly<Record<string, string>> => signedHandshakeHeaders({ host: api.host, path: '/prod', accessKeyId: AccessKey.AccessKeyId, secret: AccessKey.SecretAccessKey });
  assert.equal((await at.client(api).refusal()).status, 403, 'unsigned');
  assert.equal((await at.client(api, { headers: headers() }).refusal()).status, 403, 'without a policy');
  await at.apis.aws('iam', 'PutUserPolicy', {
    UserName: 'ada', PolicyName: 'connect',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:us-east-1:*:${api.id}/prod/$connect` }] }),
  });
  const client = await at.connect(api, { headers: headers() });
  const { requestContext } = JSON.parse(await client.ask('hello')) as { readonly requestContext: { readonly identity: Readonly<Record<string, string>> } };
  assert.equal(requestContext.identity['userArn'], 'arn:aws:iam::000000000000:user/ada');
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integrations.html
test('HTTP, HTTP_PROXY and MOCK integrations', async () => {
  const seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  const backend = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    seen.push({ method: request.method!, url: request.url!, headers: request.headers, body });
    response.writeHead(request.url!.startsWith('/teapot') ? 418 : 200, { 'sec-websocket-protocol': 'b' }).end(`answer to ${body}`);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => backend.once('listening', resolve));
  const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const api = await at.api();
  const proxy = await at.apis.integration(api, {
    IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'POST', IntegrationUri: `${url}/in/{who}`,
    RequestParameters: {
      'integration.request.header.connectionId': 'context.connectionId', 'integration.request.querystring.route': 'context.routeKey', 'integration.request.path.who': "'me'",
      'integration.request.header.token': 'route.request.querystring.token', 'integration.request.header.a': 'route.request.body.a',
    },
  });
  await at.route(api, '$connect', proxy);
  await at.route(api, '$default', proxy, { responds: true });
  const teapot = await at.apis.integration(api, { IntegrationType: 'HTTP', IntegrationMethod: 'POST', IntegrationUri: `${url}/teapot` });
  await at.route(api, 'teapot', teapot, { responds: true });
  const mock = await at.apis.integration(api, { IntegrationType: 'MOCK', RequestTemplates: { 200: '{"statusCode":200}' }, TemplateSelectionExpression: '200' });
  await at.v2('CreateIntegrationResponse', { ApiId: api.id, IntegrationId: mock, IntegrationResponseKey: '$default', ResponseTemplates: { 200: '{"pong":true}' }, TemplateSelectionExpression: '200' });
  await at.route(api, 'ping', mock, { responds: true });
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
  const who = await at.apis.integration(api, { IntegrationType: 'MOCK', RequestTemplates: { 200: '#if($input.path("$.good") == true){"statusCode": 200}#else{"statusCode": 400}#end' }, TemplateSelectionExpression: '200' });
  await at.v2('CreateIntegrationResponse', { ApiId: api.id, IntegrationId: who, IntegrationResponseKey: '$default', ResponseTemplates: { $default: '{"you":"$context.connectionId","route":"$context.routeKey"}' } });
  await at.v2('CreateIntegrationResponse', { ApiId: api.id, IntegrationId: who, IntegrationResponseKey: '/4\\d\\d/', ResponseTemplates: { $default: '$context.stage says no' } });
  await at.route(api, 'who', who, { responds: true });
  await assert.rejects(at.apis.integration(api, { IntegrationType: 'MOCK', RequestTemplates: { 200: '#if($a)' } }), /Invalid mapping template specified: 200: line 1: #if has no #end/);
  const client = await at.connect(api, { query: '?token=t', protocols: ['a', 'b'] });
  assert.match(await client.ask({ action: 'who', good: true }), /^\{"you":"[A-Za-z0-9_-]{15}=","route":"who"\}$/);
  assert.equal(await client.ask({ action: 'who' }), 'prod says no');
  assert.equal(client.socket.protocol, 'b');
  assert.equal(await client.ask('{"a":"b"}'), 'answer to {"a":"b"}');
  assert.equal(await client.ask({ action: 'teapot' }), 'answer to {"action":"teapot"}');
  assert.equal(await client.ask({ action: 'ping' }), '{"pong":true}');
  assert.deepEqual([seen[0]!.method, seen[0]!.url, seen[0]!.headers['token']], ['POST', '/in/me?route=%24connect', 't']);
  assert.match(String(seen[1]!.headers['connectionid']), /^[A-Za-z0-9_-]{15}=$/);
  assert.equal(seen[1]!.headers['a'], 'b');
  backend.closeAllConnections();
  backend.close();
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
test('a line in the access log for each run of a route, throttles, and metrics', async () => {
  await at.apis.aws('logs', 'CreateLogGroup', { logGroupName: 'socket-access' });
  const api = await at.api({}, {
    AccessLogSettings: { DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:socket-access', Format: '{"id":"$context.requestId","event":"$context.eventType","route":"$context.routeKey","status":"$context.status","connection":"$context.connectionId","error":"$context.error.message","none":"$context.nothing"}' },
    DefaultRouteSettings: { ThrottlingBurstLimit: 3, ThrottlingRateLimit: 0.001 },
  });
  const mock = await at.apis.integration(api, { IntegrationType: 'MOCK' });
  for (const key of ['$connect', '$default', '$disconnect']) await at.route(api, key, mock);
  const client = await at.connect(api);
  client.socket.send('one');
  client.socket.send('two');
  const refused = JSON.parse(await client.ask('three')) as { readonly message: string; readonly connectionId: string };
  assert.equal(refused.message, 'Too Many Requests');
  client.socket.close();
  const lines = async (): Promise<readonly Readonly<Record<string, string>>[]> => {
    const { events } = await at.apis.aws<{ events: { message: string }[] }>('logs', 'FilterLogEvents', { logGroupName: 'socket-access' } satisfies FilterLogEventsCommand['input']);
    return events.map(({ message }) => JSON.parse(message) as Readonly<Record<string, string>>);
  };
  await eventually('its lines are written', async () => (await lines()).length >= 5);
  const logged = await lines();
  assert.deepEqual(logged.map(({ event, route, status, error }) => [event, route, status, error]), [
    ['CONNECT', '$connect', '101', '-'], ['MESSAGE', '$default', '200', '-'], ['MESSAGE', '$default', '200', '-'], ['MESSAGE', '$default', '429', 'Too Many Requests'], ['DISCONNECT', '$disconnect', '200', '-'],
  ]);
  assert.equal(logged[0]!['connection'], refused.connectionId);
  const metrics = await (await fetch(`${at.apis.inside.system.endpointUrl}/_admin/metrics`)).text();
  assert.match(metrics, new RegExp(`turnpike_api_websocket_messages_total\\{api="${api.id}",stage="prod"\\} 3`));
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
test('CloudWatch counts by API, by stage, and by route where detailed metrics are enabled', async () => {
  const api = await at.api({}, { DefaultRouteSettings: { DetailedMetricsEnabled: true } });
  const echo = await at.lambda(api, await at.apis.function('exports.handler = async (event) => { if (event.body === "fail") throw new Error("failed"); return { statusCode: event.body === "bad" ? 400 : 200, body: "ok" }; };'));
  for (const key of ['$connect', '$default', 'quiet']) await at.route(api, key, echo, { responds: key !== '$connect' });
  await at.v2('UpdateStage', { ApiId: api.id, StageName: 'prod', RouteSettings: { quiet: { DetailedMetricsEnabled: false } } });
  const client = await at.connect(api);
  for (const message of ['one', 'bad', 'fail', '{"action":"quiet"}']) await client.ask(message);
  const now = Date.now();
  const sum = async (MetricName: string, dimensions: Readonly<Record<string, string>>): Promise<number> => {
    const { Datapoints } = await at.apis.aws<{ Datapoints: readonly { Sum: number }[] }>('cloudwatch', 'GetMetricStatistics', {
      Namespace: 'AWS/ApiGateway', MetricName, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })), StartTime: new Date(now - 600_000), EndTime: new Date(now + 600_000), Period: 3600, Statistics: ['Sum'],
    });
    return Datapoints.reduce((total, { Sum }) => total + Sum, 0);
  };
  for (const dimensions of [{ ApiId: api.id }, { ApiId: api.id, Stage: 'prod' }] as readonly Readonly<Record<string, string>>[]) {
    const counts: Record<string, number> = {};
    for (const name of ['ConnectCount', 'MessageCount', 'IntegrationError', 'ExecutionError', 'ClientError']) counts[name] = await sum(name, dimensions);
    assert.deepEqual(counts, { ConnectCount: 1, MessageCount: 4, IntegrationError: 1, ExecutionError: 1, ClientError: 0 });
    assert.ok((await sum('IntegrationLatency', dimensions)) > 0);
  }
  assert.equal(await sum('MessageCount', { ApiId: api.id, Stage: 'prod', Route: '$default' }), 3);
  assert.equal(await sum('ConnectCount', { ApiId: api.id, Stage: 'prod', Route: '$connect' }), 1);
  assert.equal(await sum('MessageCount', { ApiId: api.id, Stage: 'prod', Route: 'quiet' }), 0);
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
test('execution logs tell what LoggingLevel and DataTraceEnabled ask for', async () => {
  const api = await at.api({}, { DefaultRouteSettings: { LoggingLevel: 'INFO', DataTraceEnabled: true } });
  const echo = await at.lambda(api, await at.apis.function('exports.handler = async (event) => { if (event.body && event.body.includes("fail")) throw new Error("failed"); return { statusCode: 200, body: "said " + event.body }; };'));
  for (const key of ['$connect', '$default', 'errors', 'off']) await at.route(api, key, echo, { responds: key !== '$connect' });
  await at.v2('UpdateStage', { ApiId: api.id, StageName: 'prod', RouteSettings: { errors: { LoggingLevel: 'ERROR' }, off: { LoggingLevel: 'OFF' } } });
  const client = await at.connect(api, { headers: { 'User-Agent': 'tester/1' } });
  for (const message of ['hello', '{"action":"errors"}', '{"action":"errors","a":"fail"}', '{"action":"off","a":"fail"}']) await client.ask(message);
  const lines = async (): Promise<readonly string[]> => {
    const { events } = await at.apis.aws<{ events: { message: string }[] }>('logs', 'FilterLogEvents', { logGroupName: `/aws/apigateway/${api.id}/prod` } satisfies FilterLogEventsCommand['input']).catch(() => ({ events: [] }));
    return events.map(({ message }) => message);
  };
  await eventually('its lines are written', async () => (await lines()).length >= 16);
  const logged = await lines();
  const text = logged.map((line) => line.replace(/^\([A-Za-z0-9_-]{15}=\) /, '').replace(/\d+ ms/, 'N ms').replaceAll(/[A-Za-z0-9_-]{15}=/g, 'ID'));
  const begun = ['Extended Request Id: ID', 'Starting execution for request: ID'];
  assert.deepEqual(text, [
    ...begun, 'WebSocket Request Route: [$connect]', `Client [UserAgent: tester/1, SourceIp: 127.0.0.1] is connecting to WebSocket API [${api.id}].`, 'Received response. Status: 200, Integration latency: N ms',
    'Endpoint response body: said undefined', `Client [Connection Id: ID] connected to API [${api.id}] successfully.`, 'Successfully completed execution',
    ...begun, 'WebSocket Request Route: [$default]', 'Endpoint request body: hello', 'Received response. Status: 200, Integration latency: N ms', 'Endpoint response body: said hello', 'Successfully completed execution',
    'Execution failed: the function failed (handler)',
  ]);
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
test('a function sends messages to the address that its event names', async () => {
  const api = await at.api();
  const echo = await at.lambda(api, await at.apis.function(ECHO));
  await at.route(api, '$default', echo, { responds: true });
  const client = await at.connect(api);
  const { requestContext } = JSON.parse(await client.ask('where?')) as Event;
  const { domainName, stage, connectionId } = requestContext;
  assert.equal(domainName, `${api.host}:${at.apis.tlsPort}`, 'the client came over plain HTTP');
  const ca = await (await fetch(`${at.apis.inside.system.endpointUrl}/_admin/ca.pem`)).text();
  // not every machine resolves names below localhost
  const lookup = ((_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }])) as LookupFunction;
  const httpsAgent = new Agent({ ca, lookup });
  const management = new ApiGatewayManagementApiClient({ endpoint: `https://${String(domainName)}/${String(stage)}`, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1, requestHandler: { httpsAgent } });
  await management.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: Buffer.from('here') }));
  assert.equal(await client.text(), 'here');
  httpsAgent.destroy();
  // over HTTP/2 as well
  const session = connect(`https://${String(domainName)}`, { ca, lookup });
  const posting = session.request({ ':method': 'POST', ':path': `/${String(stage)}/@connections/${connectionId}` });
  posting.end('and here');
  const [headers] = (await once(posting, 'response')) as [Readonly<Record<string, unknown>>];
  assert.equal(headers[':status'], 200);
  assert.equal(await client.text(), 'and here');
  session.close();
});
