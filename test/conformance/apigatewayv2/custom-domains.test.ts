/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mappings.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html
 */
import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { ApiInstallation, ECHO, type Api } from './http-api.ts';

let apis: ApiInstallation;
let first: Api;
let second: Api;
let names = 0;
before(async () => {
  apis = await ApiInstallation.open();
  [first, second] = await Promise.all(['first', 'second'].map(async (text) => {
    const target = await apis.inside.target((incoming, response) => void response.end(`${text} ${incoming.url}`));
    const api = await apis.api();
    const integration = await apis.url(api, `http://127.0.0.1:${target.port}/{proxy}`);
    await apis.route(api, 'ANY /{proxy+}', integration);
    await apis.route(api, 'ANY /', await apis.url(api, `http://127.0.0.1:${target.port}/root`));
    return api;
  })) as [Api, Api];
});
after(() => apis[Symbol.asyncDispose]());

async function domain(more: object = {}, name = `d${++names}.example.com`): Promise<string> {
  const { CertificateArn } = await apis.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: name });
  await apis.v2('CreateDomainName', { DomainName: name, DomainNameConfigurations: [{ CertificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }], ...more });
  return name;
}

async function map(DomainName: string, api: Api, ApiMappingKey: string): Promise<void> {
  await apis.v2('CreateApiMapping', { DomainName, ApiId: api.id, Stage: '$default', ApiMappingKey });
}

const by = async (host: string, path: string, headers = ''): Promise<string> => (await apis.get(host, { path, headers })).body;

test('the mapping with the longest key serves, and the key is no part of what routes match', async () => {
  const name = await domain();
  await map(name, first, 'orders');
  await map(name, second, 'orders/v2');
  assert.equal(await by(name, '/orders/items/1'), 'first /items/1');
  assert.equal(await by(name, '/orders/v2/items/1'), 'second /items/1');
  assert.equal(await by(name, '/orders/v2x/items'), 'first /v2x/items');
  assert.equal(await by(name, '/orders'), 'first /root');
  const { status, body } = await apis.get(name, { path: '/other' });
  assert.deepEqual([status, body], [403, '{"message":"Forbidden"}']);
});

test('an empty key takes what no other does', async () => {
  const name = await domain();
  await map(name, first, '');
  await map(name, second, 'two');
  assert.equal(await by(name, '/x'), 'first /x');
  assert.equal(await by(name, '/two/x'), 'second /x');
});

test('rules by header and base path come first, by priority, and may strip the base path', async () => {
  const name = await domain({ RoutingMode: 'ROUTING_RULE_THEN_API_MAPPING' });
  await map(name, first, '');
  const rule = (Priority: number, Conditions: object[], api: Api, StripBasePath = false): Promise<unknown> =>
    apis.v2('CreateRoutingRule', { DomainName: name, Priority, Conditions, Actions: [{ InvokeApi: { ApiId: api.id, Stage: '$default', StripBasePath } }] });
  await rule(20, [{ MatchBasePaths: { AnyOf: ['beta'] } }], second, true);
  await rule(10, [{ MatchHeaders: { AnyOf: [{ Header: 'X-Version', ValueGlob: 'v2*' }] } }, { MatchBasePaths: { AnyOf: ['beta'] } }], first, false);
  assert.equal(await by(name, '/beta/x'), 'second /x');
  assert.equal(await by(name, '/beta/x', 'X-Version: v2.1\r\n'), 'first /beta/x');
  assert.equal(await by(name, '/x', 'X-Version: v2.1\r\n'), 'first /x');
});

test('a wildcard takes the names below it, but for those that have an entrance of their own', async () => {
  await map(await domain({}, '*.wild.example.com'), first, '');
  await map(await domain({}, 'own.wild.example.com'), second, '');
  assert.equal(await by('a.wild.example.com', '/x'), 'first /x');
  assert.equal(await by('own.wild.example.com', '/x'), 'second /x');
  assert.equal((await apis.get('a.b.wild.example.com', { path: '/x' })).status, 403);
});

test('the event of a function has the whole path and the mapping', async () => {
  const name = await domain();
  const api = await apis.api();
  await apis.route(api, 'GET /x', await apis.lambda(api, await apis.function(ECHO)));
  await map(name, api, 'base');
  const event = JSON.parse(await by(name, '/base/x')) as { rawPath: string; requestContext: { domainName: string; domainPrefix: string } };
  assert.equal(event.rawPath, '/base/x');
  assert.deepEqual([event.requestContext.domainName, event.requestContext.domainPrefix], [name, name.slice(0, name.indexOf('.'))]);
});

test('over TLS each name shows its certificate: a domain its own, an API that of its region', async () => {
  const name = await domain();
  await map(name, first, '');
  const shown = (host: string): Promise<{ readonly names: string | undefined; readonly body: string }> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: apis.tlsPort, servername: host, path: '/x', headers: { host }, rejectUnauthorized: false, agent: false }, (response) => {
        const socket = response.socket as TLSSocket;
        const { subjectaltname } = socket.getPeerCertificate();
        let body = '';
        response.on('data', (part: Buffer) => (body += part.toString()));
        response.on('end', () => resolve({ names: subjectaltname, body }));
      });
      asked.on('error', reject);
      asked.end();
    });
  assert.deepEqual(await shown(name), { names: `DNS:${name}`, body: 'first /x' });
  assert.deepEqual(await shown(first.host), { names: 'DNS:*.execute-api.us-east-1.localhost, DNS:*.lambda-url.us-east-1.localhost', body: 'first /x' });
});
