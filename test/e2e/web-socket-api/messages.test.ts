import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { WebSocketAnswer, WebSocketTemplates } from '../../../src/snapshot/index.ts';
import { Gateway, type Scene } from './gateway.ts';

const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

async function gateway(scene: Scene): Promise<Gateway> {
  const at = await Gateway.open(scene);
  closing.push(() => at.close());
  return at;
}

const ALL: Scene['routes'] = { $connect: {}, $disconnect: {}, $default: { responds: true }, hello: { responds: true }, quiet: {} };
const ID = /^[A-Za-z0-9_-]{15}=$/;

interface Context {
  readonly routeKey: string;
  readonly eventType: string;
  readonly connectionId: string;
  readonly requestId: string;
  readonly [name: string]: unknown;
}

describe('the life of a connection', () => {
  it('runs $connect, routes and $disconnect with the events that AWS sends', async () => {
    const at = await gateway({ routes: ALL, stage: { variables: { env: 'test' } } });
    at.handler = (_event, name) => ({ statusCode: 200, body: `said by ${name}` });
    const client = await at.connect('?room=a%20b&room=c', { headers: { 'User-Agent': 'tester/1', 'X-Twice': 'é' } });
    assert.equal(await client.ask({ action: 'hello', n: 1 }), 'said by hello');
    client.socket.close(4001, 'enough');
    await eventually('three events', () => at.events.length === 3);
    const [connect, hello, disconnect] = at.events as unknown as readonly (Record<string, unknown> & { readonly requestContext: Context; readonly headers: Record<string, string>; readonly multiValueHeaders: Record<string, string[]> })[];

    assert.deepEqual(Object.keys(connect!), ['headers', 'multiValueHeaders', 'queryStringParameters', 'multiValueQueryStringParameters', 'stageVariables', 'requestContext', 'isBase64Encoded']);
    assert.deepEqual(Object.keys(connect!.requestContext), [
      'routeKey', 'eventType', 'extendedRequestId', 'requestTime', 'messageDirection', 'stage', 'connectedAt', 'requestTimeEpoch', 'identity', 'requestId', 'domainName', 'connectionId', 'apiId',
    ]);
    assert.equal(connect!.headers['Sec-WebSocket-Version'], '13');
    assert.equal(connect!.headers['X-Forwarded-For'], '127.0.0.1');
    assert.equal(connect!.headers['X-Forwarded-Port'], '443');
    assert.match(connect!.headers['X-Amzn-Trace-Id']!, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    assert.equal(connect!.headers['Upgrade'], undefined, 'hop-by-hop fields stay here');
    assert.deepEqual(connect!['queryStringParameters'], { room: 'c' });
    assert.deepEqual(connect!['multiValueQueryStringParameters'], { room: ['a b', 'c'] });
    assert.deepEqual(connect!['stageVariables'], { env: 'test' });
    assert.deepEqual(connect!.requestContext['identity'], { userAgent: 'tester/1', sourceIp: '127.0.0.1' });
    assert.equal(connect!.requestContext.eventType, 'CONNECT');
    assert.match(connect!.requestContext.connectionId, ID);
    assert.match(connect!.requestContext.requestId, ID);
    assert.equal(connect!.requestContext['domainName'], 'abcdefghij.execute-api.us-east-1.localhost');
    assert.equal(connect!.requestContext['apiId'], 'abcdefghij');
    assert.match(String(connect!.requestContext['requestTime']), /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);

    assert.deepEqual(Object.keys(hello!), ['stageVariables', 'requestContext', 'body', 'isBase64Encoded']);
    assert.equal(hello!['body'], '{"action":"hello","n":1}');
    assert.deepEqual([hello!.requestContext.routeKey, hello!.requestContext.eventType], ['hello', 'MESSAGE']);
    assert.match(String(hello!.requestContext['messageId']), ID);
    assert.equal(hello!.requestContext.connectionId, connect!.requestContext.connectionId);
    assert.equal(hello!.requestContext['connectedAt'], connect!.requestContext['connectedAt']);

    assert.deepEqual(disconnect!.headers, { Host: 'abcdefghij.execute-api.us-east-1.localhost', 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' });
    assert.equal(disconnect!.requestContext.eventType, 'DISCONNECT');
    assert.deepEqual([disconnect!.requestContext['disconnectStatusCode'], disconnect!.requestContext['disconnectReason']], [4001, 'enough']);
    assert.equal((await client.end()).code, 4001);
  });

  it('tells how the client went', async () => {
    const at = await gateway({ routes: { $disconnect: {} } });
    const polite = await at.connect();
    polite.socket.close();
    await polite.end();
    const rude = await at.connect();
    rude.socket.terminate();
    await eventually('two events', () => at.events.length === 2);
    const how = at.events.map(({ requestContext }) => {
      const { disconnectStatusCode, disconnectReason } = requestContext as Context;
      return [disconnectStatusCode, disconnectReason];
    });
    assert.deepEqual(how, [[1005, 'Client-side close frame status not set'], [1006, '']]);
    assert.equal(at.hub.size, 0);
  });

  it('needs no route but the one that a message asks for', async () => {
    const at = await gateway({ routes: { hello: { responds: true } } });
    at.handler = () => ({ statusCode: 200, body: 'hi' });
    const client = await at.connect();
    assert.equal(await client.ask({ action: 'hello' }), 'hi');
  });
});

// "Non-JSON messages are directed to a $default route that you configure"
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
describe('messages', () => {
  it('go to the route that they ask for, else to $default', async () => {
    const at = await gateway({ routes: ALL });
    at.handler = (_event, name) => ({ statusCode: 200, body: name });
    const client = await at.connect();
    assert.equal(await client.ask({ action: 'hello' }), 'hello');
    assert.equal(await client.ask({ action: 'unheard of' }), '$default');
    assert.equal(await client.ask('not JSON'), '$default');
    assert.equal(await client.ask({ action: '$connect' }), '$default', 'a message is no handshake');
    assert.equal(await client.ask({ action: '$disconnect' }), '$default');
  });

  it('that nest as deep as their length allows go to $default, and end nothing', async () => {
    const at = await gateway({ routes: ALL });
    at.handler = (_event, name) => ({ statusCode: 200, body: name });
    const client = await at.connect();
    const deep = `${'['.repeat(16_000)}${']'.repeat(16_000)}`;
    assert.equal(await client.ask(`{"action":${deep}}`), '$default');
    assert.equal(await client.ask({ action: ['hello', { a: 1 }] }), '$default');
    assert.equal(await client.ask({ action: 'hello' }), 'hello');
  });

  it('without a route are forbidden, and say so in a frame', async () => {
    const at = await gateway({ routes: { hello: {} } });
    const client = await at.connect();
    const answer = await client.ask({ action: 'unheard of' });
    assert.match(answer, /^\{"message": "Forbidden", "connectionId":"[A-Za-z0-9_-]{15}=", "requestId":"[A-Za-z0-9_-]{15}="\}$/);
  });

  it('whose integration fails get an error frame, whether the route responds or not', async () => {
    const at = await gateway({ routes: ALL });
    const client = await at.connect();
    const answers: readonly unknown[] = [undefined, 'text', {}, { statusCode: 'x' }, { statusCode: 200, body: { a: 1 } }];
    for (const answer of answers) {
      at.handler = () => answer;
      assert.match(await client.ask({ action: 'quiet' }), /^\{"message": "Internal server error", "connectionId":"/, JSON.stringify(answer));
    }
    at.handler = () => {
      throw new Error('broken');
    };
    assert.match(await client.ask({ action: 'hello' }), /^\{"message": "Internal server error", "connectionId":"/);
    at.handler = () => ({ statusCode: 500, body: 'as answered' });
    assert.equal(await client.ask({ action: 'hello' }), 'as answered', 'a status is the integration\'s own business');
    assert.equal(client.closed, null);
  });

  it('whose integration takes too long hear that', async () => {
    const at = await gateway({ routes: { hello: {} }, integrations: { hello: { timeoutMs: 60 } } });
    at.handler = () => new Promise(() => {});
    const client = await at.connect();
    assert.match(await client.ask({ action: 'hello' }), /^\{"message": "Endpoint request timed out", "connectionId":"/);
  });

  it('over the limits of the account are refused, one by one', async () => {
    const at = await gateway({ routes: ALL });
    const client = await at.connect();
    at.tokens = 0;
    assert.match(await client.ask({ action: 'hello' }), /^\{"message": "Too Many Requests", "connectionId":"/);
    const late = at.client();
    assert.equal((await late.refusal()).status, 429);
  });

  it('in Base64 reach the function as such where the integration converts to binary', async () => {
    const at = await gateway({ routes: { $default: {} }, integrations: { $default: { decode: true } } });
    const client = await at.connect();
    client.socket.send(Buffer.from([0, 1, 255]).toString('base64'));
    await eventually('an event', () => at.events.length === 1);
    assert.deepEqual([at.events[0]!['body'], at.events[0]!['isBase64Encoded']], ['AAH/', true]);
    assert.match(await client.ask('*** no Base64 ***'), /^\{"message": "Bad request body"/);
  });

  it('are answered in frames of 32 KB', async () => {
    const at = await gateway({ routes: { $default: { responds: true } } });
    at.handler = () => ({ statusCode: 200, body: 'x'.repeat(100_000) });
    const client = await at.connect();
    assert.equal((await client.ask('big')).length, 100_000);
  });
});

/** A template that is for every message. */
function template(text: string): WebSocketTemplates {
  return { selection: [{ kind: 'text', text: '$default' }], templates: { $default: text } };
}

function answer(pattern: string | null, text: string): WebSocketAnswer {
  return { pattern, conversion: null, templates: template(text) };
}

describe('other integrations', () => {
  it('a function that is no proxy integration gets the message and answers with anything', async () => {
    const at = await gateway({ routes: { $connect: {}, $default: { responds: true } }, integrations: { $connect: { kind: 'lambda', proxy: false }, $default: { kind: 'lambda', proxy: false } } });
    at.handler = (event) => ({ echo: event });
    const client = await at.connect();
    assert.equal(await client.ask({ a: 1 }), '{"echo":{"a":1}}');
    assert.match(await client.ask('no JSON'), /^\{"message": "Bad request body"/);
  });

  it('a mock accepts, and answers nothing', async () => {
    const at = await gateway({ routes: { $connect: {}, $default: { responds: true } }, integrations: { $connect: { kind: 'mock' }, $default: { kind: 'mock' } } });
    const client = await at.connect();
    client.socket.send('hello');
    await eventually('the message is handled', () => at.calls.length === 2);
    assert.deepEqual(client.texts, []);
    const refusing = await gateway({ routes: { $connect: {} }, integrations: { $connect: { kind: 'mock', request: template('{"statusCode": 403}') } } });
    assert.equal((await refusing.client().refusal()).status, 403);
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
  it('mapping templates make what backends and clients get', async () => {
    const request = {
      selection: [{ kind: 'body', path: [{ kind: 'names', names: ['template'] }] }] as const,
      templates: { loud: '{"said":"$util.escapeJavaScript($input.path(\'$.text\')).","by":"$context.connectionId","stage":"$stageVariables.color","kind":"$context.eventType"}', $default: '$input.json(\'$.rest\')', broken: '#foreach($a in [1..1000])#foreach($b in [1..1000])$a#end#end' },
    };
    const at = await gateway({
      routes: { $default: { responds: true } }, stage: { variables: { color: 'blue' } },
      integrations: { $default: { kind: 'lambda', proxy: false, request, responses: [answer(null, '#set($root = $input.path(\'$\'))$root.echo.said/$context.routeKey/$!context.identity.userArn/$input.path(\'$.echo.n\')')] } },
    });
    at.handler = (event) => ({ echo: event });
    const client = await at.connect();
    // an escaped single quote is no JSON, which is why the documentation has templates replace it
    assert.match(await client.ask({ template: 'loud', text: 'it\'s' }), /^\{"message": "Bad request body"/);
    assert.equal(await client.ask({ template: 'loud', text: 'say "me"' }), 'say "me"./$default//');
    assert.deepEqual(Object.keys(at.events[0]!), ['said', 'by', 'stage', 'kind']);
    assert.deepEqual([at.events[0]!['stage'], at.events[0]!['kind']], ['blue', 'MESSAGE']);
    assert.equal(await client.ask({ template: 'other', rest: { said: 'x', n: 1.50 } }), 'x/$default//1.5');
    assert.match(await client.ask({ template: 'broken' }), /"message": "Internal server error"/);
    assert.equal(at.calls.at(-1)!.error!.responseType, 'API_CONFIGURATION_ERROR');
  });

  it('a message that no template fits passes, or does not', async () => {
    const request = { selection: [{ kind: 'body', path: [{ kind: 'names', names: ['kind'] }] }] as const, templates: { known: '{"known":true}' } };
    for (const [passthrough, passes] of [['when-no-match', true], ['when-no-templates', false], ['never', false]] as const) {
      const at = await gateway({ routes: { $default: { responds: true } }, integrations: { $default: { kind: 'lambda', proxy: false, request, passthrough } } });
      at.handler = (event) => event;
      const client = await at.connect();
      assert.equal(await client.ask({ kind: 'known' }), '{"known":true}');
      assert.equal((await client.ask({ kind: 'new' })).includes('Internal server error'), !passes, passthrough);
    }
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
  it('integration responses are chosen by the status, or by what a function says when it fails', async () => {
    const responses = [answer('4\\d\\d', 'bad request $context.connectionId'), answer('No .*', 'sorry: $input.path(\'$.errorMessage\')')];
    const mock = await gateway({ routes: { $default: { responds: true } }, integrations: { $default: { kind: 'mock', request: template('{"statusCode": $input.path(\'$.status\')}'), responses } } });
    const client = await mock.connect();
    assert.match(await client.ask({ status: 404 }), /^bad request [A-Za-z0-9_-]{15}=$/);
    assert.match(await client.ask({ status: 200 }), /"message": "Internal server error"/, 'no response is for it');
    const failing = await gateway({ routes: { $default: { responds: true } }, integrations: { $default: { kind: 'lambda', proxy: false, responses: [...responses, answer(null, 'all else: $input.body')] } } });
    failing.handler = (event) => {
      if (event['fail'] === undefined) return 'fine';
      throw new Error(String(event['fail']));
    };
    const other = await failing.connect();
    assert.equal(await other.ask({ fail: 'No such thing' }), 'sorry: No such thing');
    assert.equal(await other.ask({ fail: 'Oh! No such' }), 'all else: {"errorMessage":"Oh! No such"}', 'the whole of it must match');
    assert.equal(await other.ask({}), 'all else: "fine"');
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
  it('a message that is not what its model says is refused before anybody is asked', async () => {
    const models = {
      selection: [{ kind: 'body', path: [{ kind: 'names', names: ['kind'] }] }] as const,
      schemas: { pet: '{"type":"object","required":["name"],"properties":{"name":{"$ref":"https://apigateway.amazonaws.com/restapis/abcdefghij/models/Name"}}}', $default: '{"type":"object"}', broken: '{"type":"nothing"}' },
      library: { Name: '{"type":"string","maxLength":5}' },
    };
    const at = await gateway({ routes: { $default: { responds: true, models } }, integrations: { $default: { kind: 'lambda', proxy: false } } });
    at.handler = (event) => event;
    const client = await at.connect();
    assert.equal(await client.ask({ kind: 'pet', name: 'Rex' }), '{"kind":"pet","name":"Rex"}');
    assert.match(await client.ask({ kind: 'pet' }), /^\{"message": "Invalid request body", "connectionId":"/);
    assert.deepEqual([at.calls.at(-1)!.validationError, at.calls.at(-1)!.error!.responseType], ['[object has missing required properties (["name"])]', 'BAD_REQUEST_BODY']);
    assert.match(await client.ask({ kind: 'pet', name: 'too long' }), /Invalid request body/);
    assert.match(await client.ask('[1]'), /Invalid request body/);
    assert.match(await client.ask('no JSON'), /Invalid request body/);
    assert.match(await client.ask({ kind: 'broken' }), /Invalid request body/);
    assert.equal(at.events.length, 1);
  });

  it('content is converted on the way', async () => {
    const at = await gateway({ routes: { $default: { responds: true } }, integrations: { $default: { kind: 'lambda', proxy: false, responses: [{ pattern: null, conversion: 'to-text', templates: null }] } } });
    at.handler = (event) => event;
    assert.equal(await (await at.connect()).ask({ a: 1 }), Buffer.from('{"a":1}').toString('base64'));
  });

  it('an HTTP backend gets of a message what can be written in a URL', async () => {
    const backend = createServer((request, response) => void response.end(request.url));
    closing.push(() => void backend.close().closeAllConnections());
    await once(backend.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/of/{name}`;
    const value = { kind: 'body', path: [{ kind: 'names', names: ['name'] }] } as const;
    const http = { kind: 'http', proxy: false, method: 'POST', url, parameters: [{ part: 'path', name: 'name', value }, { part: 'querystring', name: 'q', value }] } as const;
    const at = await gateway({ routes: { $default: { responds: true } }, integrations: { $default: http } });
    const client = await at.connect();
    assert.equal(await client.ask({ name: ['a', 1] }), '/of/%5B%22a%22%2C1%5D?q=%5B%22a%22%2C1%5D');
    assert.equal(await client.ask('{"name":"a\\ud800b"}'), '/of/a%EF%BF%BDb?q=a%EF%BF%BDb', 'half a character');
    assert.equal(await client.ask(`{"name":${'['.repeat(16_000)}${']'.repeat(16_000)}}`), '/of/', 'what nests too deeply is not there');
  });

  it('what cannot be served answers as a broken configuration does', async () => {
    const at = await gateway({ routes: { $default: {} }, integrations: { $default: { kind: 'unservable', why: 'test' } } });
    const client = await at.connect();
    assert.match(await client.ask('x'), /^\{"message": "Internal server error"/);
    assert.equal(at.calls.at(-1)!.error!.responseType, 'API_CONFIGURATION_ERROR');
  });
});
