import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLAIN_FIELD_NAMES, emptySnapshot, noReports, type Snapshot } from '../../snapshot/index.ts';
import { memoryStore } from '../store/index.ts';
import type { Stack } from '../resources/templates/index.ts';
import { AdminApi, type AdminAnswer, type AdminRequest, type AdminSources, type ExplainRequest, type ServiceParity } from './index.ts';

const PARITY: readonly ServiceParity[] = [
  { service: 'elbv2', title: 'ELB', operations: [{ name: 'A', state: 'implemented' }, { name: 'B', state: 'refused', reason: 'why' }], notes: [{ setting: 's', state: 'kept', why: 'w|x' }] },
  { service: 'sqs', title: 'SQS', operations: [{ name: 'A', state: 'not-implemented' }], notes: [] },
];

const SNAPSHOT: Snapshot = {
  ...emptySnapshot,
  revision: 4,
  certificates: { c: { id: 'c', chain: 'CHAIN', privateKey: 'SECRET-KEY', names: ['a'] } },
  listeners: {
    'arn:l': {
      id: 'arn:l', owner: 'arn:lb', ownerLabel: 'app/web/1', protocol: 'https', tls: null, routes: [], accessLog: null,
      bindings: [{ address: '127.0.0.1', port: 8443, advertisedPort: 443, hosts: ['*'] }],
      http: { idleTimeoutMs: 1, keepAliveMs: 1, dropInvalidHeaders: false, preserveHost: true, forwardedFor: 'append', forwardedForPort: false, desync: 'defensive', tlsHeaders: false, serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES },
      fallback: { id: 'arn:l', priority: 0, conditions: [], policies: [], action: { kind: 'fixed-response', status: 404, contentType: null, body: '' } },
    },
  },
};

const STACK: Stack = {
  id: 'arn:stack', account: '000000000000', region: 'us-east-1', parent: null, createdAt: 0, name: 'shop', status: 'CREATE_COMPLETE', reason: null, description: null, template: '{}',
  baseFolder: null, parameters: { A: '1', Key: 'hunter22' }, noEcho: ['Key'], leftovers: [], outputs: [], imports: [], events: [], updatedAt: 0,
  resources: [{ logicalId: 'F', type: 'T', physicalId: 'p', ref: 'p', properties: { Password: 'hunter22' }, attributes: {}, dependsOn: [], deletionPolicy: 'Delete', updateReplacePolicy: 'Delete' }],
};

interface Stage {
  readonly calls: unknown[];
  ask(method: string, path: string, more?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>; readonly remoteAddress?: string }): Promise<AdminAnswer>;
}

function stage(more: Partial<AdminSources> = {}): Stage {
  const calls: unknown[] = [];
  const { world } = memoryStore();
  const api = new AdminApi({
    version: '1',
    endpoint: () => 'http://127.0.0.1:4566',
    hosts: ['turnpike.test'],
    refuse: ({ remoteAddress }: AdminRequest) => (remoteAddress === '127.0.0.1' ? null : 'sign the request'),
    world: () => world,
    snapshot: () => SNAPSHOT,
    previousSnapshot: () => emptySnapshot,
    diagnostics: () => [{ severity: 'warning', resource: 'r', field: 'f', message: 'm' }],
    reports: noReports,
    workers: () => [{ id: 0, state: 'serving', revision: 4 }],
    metrics: () => 'a 1\n',
    rootCertificate: async () => 'PEM',
    parity: () => PARITY,
    explain: async (request: ExplainRequest) => (calls.push(request), { served: false }),
    reset: async () => void calls.push('reset'),
    stacks: {
      list: () => [STACK],
      apply: async (template, request) => (calls.push([template, request]), { stack: STACK, outcome: request.name === 'bad' ? 'failed' : 'created', failure: null, events: [] }),
      delete: async (name) => (calls.push(['delete', name]), { stack: null, outcome: 'deleted', failure: null, events: [] }),
    },
    ...more,
  });
  return {
    calls,
    ask(method, path, { body, headers = {}, remoteAddress = '127.0.0.1' } = {}) {
      const url = new URL(path, 'http://127.0.0.1:4566');
      return api.handle({
        method, path: url.pathname, query: url.searchParams, remoteAddress,
        headers: { host: '127.0.0.1:4566', ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
        body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      });
    },
  };
}

function errorOf(answer: AdminAnswer): string {
  return (answer.body as { error: { message: string } }).error.message;
}

test('status says what is served, by which URL, and what is wrong', async () => {
  const answer = await stage().ask('GET', '/_admin/status');
  const status = answer.body as { listeners: unknown[]; revision: number; diagnostics: unknown[] };
  assert.equal(answer.status, 200);
  assert.deepEqual(status.listeners, [
    {
      arn: 'arn:l', owner: 'app/web/1', protocol: 'https', routes: 0, urls: ['https://127.0.0.1:8443/'], serving: [], failures: [],
      portNote: 'port 443 is served on 8443: this process may not bind low ports',
    },
  ]);
  assert.equal(status.diagnostics.length, 1);
});

test('nothing secret is in an answer', async () => {
  const { ask } = stage();
  for (const path of ['snapshot', 'diff', 'stacks', 'stacks/shop', 'status']) {
    const answer = await ask('GET', `/_admin/${path}`);
    assert.equal(answer.status, 200, path);
    assert.doesNotMatch(JSON.stringify(answer.body), /SECRET-KEY|hunter22/, path);
  }
});

test('text answers have their types', async () => {
  const { ask } = stage();
  assert.deepEqual(await ask('GET', '/_admin/ca.pem'), { status: 200, kind: 'text', body: 'PEM', contentType: 'application/x-pem-file' });
  assert.match((await ask('GET', '/_admin/metrics') as { contentType: string }).contentType, /version=0\.0\.4/);
});

test('terraform names the services that implement something, in the form of terraform fmt', async () => {
  const { ask } = stage();
  const { body } = await ask('GET', '/_admin/terraform?region=eu-west-1');
  assert.match(String(body), /^provider "aws" \{\n {2}region {22}= "eu-west-1"\n[\s\S]*endpoints \{\n {4}elbv2 = "http:\/\/127\.0\.0\.1:4566"\n {2}\}\n\}\n$/);
  assert.doesNotMatch(String((await ask('GET', '/_admin/terraform?region=')).body), /region {2}/);
  assert.equal((await ask('GET', '/_admin/terraform?region=nowhere"')).status, 400);
});

test('explain reads the request, and takes the port of the configuration for the one that is bound', async () => {
  const { ask, calls } = stage();
  await ask('POST', '/_admin/explain', { body: { method: 'GET', url: 'https://Shop.test/a/b?c=d', headers: [['X-A', 'B']], sourceIp: '10.0.0.1' } });
  assert.deepEqual(calls, [
    {
      protocol: 'https', method: 'GET', host: 'shop.test', port: 8443, address: null, path: '/a/b', query: 'c=d', headers: [['host', 'shop.test'], ['x-a', 'B']], sourceAddress: '10.0.0.1',
    },
  ]);
  for (const body of [{}, { url: 'ftp://x/' }, { url: 'http://x/', method: 'A B' }, { url: 'http://x/', headers: [['a']] }]) {
    assert.equal((await ask('POST', '/_admin/explain', { body })).status, 400, JSON.stringify(body));
  }
});

test('reset is done where it is allowed and refused where it is not', async () => {
  const allowed = stage();
  assert.equal((await allowed.ask('POST', '/_admin/reset', { body: {} })).status, 200);
  assert.deepEqual(allowed.calls, ['reset']);
  const refused = await stage({ reset: null }).ask('POST', '/_admin/reset', { body: {} });
  assert.equal(refused.status, 403);
  assert.match(errorOf(refused), /--allow-reset yes/);
});

test('stacks are applied, shown and deleted', async () => {
  const { ask, calls } = stage();
  assert.equal((await ask('POST', '/_admin/stacks', { body: { template: '{}', name: 'shop', parameters: { A: '1' }, baseFolder: '/x' } })).status, 200);
  assert.equal((await ask('POST', '/_admin/stacks', { body: { template: '{}', name: 'bad' } })).status, 422);
  assert.equal((await ask('DELETE', '/_admin/stacks/shop')).status, 200);
  assert.deepEqual(calls, [['{}', { name: 'shop', parameters: { A: '1' }, baseFolder: '/x' }], ['{}', { name: 'bad', parameters: {}, baseFolder: null }], ['delete', 'shop']]);
  assert.equal((await ask('GET', '/_admin/stacks/none')).status, 404);
  assert.equal((await ask('POST', '/_admin/stacks', { body: { name: 'shop' } })).status, 400);
  assert.equal((await ask('POST', '/_admin/stacks', { body: { template: '', name: 'x', parameters: { a: 1 } } })).status, 400);
});

test('problems of a template are in the answer', async () => {
  const error = Object.assign(new Error('Template error'), { problems: [{ path: 'Resources', got: 'nothing', allowed: 'one' }] });
  const answer = await stage({ stacks: { list: () => [], apply: () => Promise.reject(error), delete: () => Promise.reject(error) } }).ask('POST', '/_admin/stacks', { body: { template: '', name: 'x' } });
  assert.equal(answer.status, 400);
  assert.equal((answer.body as { error: { problems: unknown[] } }).error.problems.length, 1);
});

const REFUSED: readonly (readonly [string, Parameters<Stage['ask']>, number, RegExp])[] = [
  ['another machine without credentials', ['GET', '/_admin/status', { remoteAddress: '10.0.0.1' }], 403, /sign the request/],
  ['a name that somebody points here', ['GET', '/_admin/status', { headers: { host: 'evil.example' } }], 403, /evil\.example is not one/],
  ['a page of another site', ['POST', '/_admin/reset', { body: {}, headers: { origin: 'https://evil.example' } }], 403, /page of https:\/\/evil\.example/],
  ['a form', ['POST', '/_admin/reset', { body: {}, headers: { 'content-type': 'text/plain' } }], 415, /content-type: application\/json/],
  ['a path that is not', ['GET', '/_admin/nope'], 404, /GET \/_admin\/status/],
  ['a method that is not', ['GET', '/_admin/reset'], 405, /takes POST, not GET/],
  ['a service that is not', ['GET', '/_admin/parity?service=x'], 404, /elbv2, sqs/],
];

for (const [what, args, status, message] of REFUSED) {
  test(`${what} is refused`, async () => {
    const { ask, calls } = stage();
    const answer = await ask(...args);
    assert.equal(answer.status, status);
    assert.match(errorOf(answer), message);
    assert.deepEqual(calls, []);
  });
}

test('the installation may be asked for by its own names', async () => {
  const { ask } = stage();
  for (const host of ['localhost:4566', '[::1]:4566', 'console.localhost', 'turnpike.test:4566']) assert.equal((await ask('GET', '/_admin/parity', { headers: { host } })).status, 200, host);
});

test('a stage that a worker cannot serve is a diagnosis', async () => {
  const id = 'arn:aws:apigateway:us-east-1::/apis/a/stages/s';
  const snapshot = { ...emptySnapshot, stages: { [id]: { id } as Snapshot['stages'][string] } };
  const reports = { ...noReports, part: (part: string) => (part === id ? { id, serving: [], failures: ['it cannot be linked'] } : null) };
  const { body } = await stage({ snapshot: () => snapshot, reports, diagnostics: () => [] }).ask('GET', '/_admin/status');
  assert.deepEqual((body as { diagnostics: unknown }).diagnostics, [{ severity: 'error', resource: id, field: 'Stage', message: 'it cannot be linked' }]);
});
