import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as holds, constant, constantFrom, integer, jsonValue, nat, property, record, subarray, uniqueArray, type Arbitrary } from 'fast-check';
import type { ApiStage, Identity } from './api.ts';
import { apply, diff, isEmptyDiff } from './diff.ts';
import { sameData, shared } from './equality.ts';
import { freeze } from './freeze.ts';
import { PLAIN_FIELD_NAMES, type Listener } from './listener.ts';
import type { Pool } from './pool.ts';
import type { Route } from './route.ts';
import { emptySnapshot, type Snapshot } from './snapshot.ts';

function route(priority: number, body = 'x'): Route {
  return { id: `rule/${priority}`, priority, conditions: [{ kind: 'path', patterns: [`/${priority}`] }], policies: [], action: { kind: 'fixed-response', status: 200, contentType: null, body } };
}

function listener(id: string, routes: readonly Route[], idleTimeoutMs = 60_000): Listener {
  return {
    id, owner: 'lb', ownerLabel: 'app/lb/1', bindings: [{ address: '127.0.0.1', port: 8080, advertisedPort: 80, hosts: ['*'] }], protocol: 'http', tls: null,
    http: {
      idleTimeoutMs, keepAliveMs: 3_600_000, dropInvalidHeaders: false, preserveHost: false, forwardedFor: 'append', forwardedForPort: false, desync: 'defensive',
      tlsHeaders: false, serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
    },
    routes, fallback: route(0), accessLog: null,
  };
}

function pool(id: string, functionArn: string | null = null): Pool {
  return { kind: 'function', id, label: `targetgroup/${id}/1`, functionArn, refused: null, multiValueHeaders: false, health: null };
}

function stage(id: string): ApiStage {
  return {
    kind: 'http', id, apiId: id, apiName: id, account: '000000000000', region: 'us-east-1', stage: '$default', label: id, variables: {}, accessLog: null,
    accountThrottle: { key: 'a', rate: 1, burst: 1 }, throttle: null, authorizers: {}, keys: null, integrations: {}, cors: null, routes: [],
  };
}

function identity(id: string): Identity {
  return { id, secret: id, sessionToken: null, expiresAt: null, account: '000000000000', principal: id, userId: id, policies: [], boundary: null };
}

const nodes = <T extends { readonly id: string }>(list: readonly T[]): Readonly<Record<string, T>> => Object.fromEntries(list.map((node) => [node.id, node]));

const anyRoutes = uniqueArray(record({ priority: integer({ min: 1, max: 60 }), body: constantFrom('a', 'b') }), { selector: (r) => r.priority, maxLength: 50 })
  .map((list) => list.sort((a, b) => a.priority - b.priority).map((r) => route(r.priority, r.body)));
const anyListeners = uniqueArray(record({ id: constantFrom('a', 'b', 'c'), routes: anyRoutes, idle: constantFrom(1000, 2000) }), { selector: (l) => l.id })
  .map((list) => nodes(list.map((l) => listener(l.id, l.routes, l.idle))));
const anySnapshot: Arbitrary<Snapshot> = record({
  format: constant(1 as const), revision: nat(1000), listeners: anyListeners,
  pools: uniqueArray(record({ id: constantFrom('p', 'q', 'r'), fn: constantFrom(null, 'f') }), { selector: (p) => p.id }).map((list) => nodes(list.map((p) => pool(p.id, p.fn)))),
  certificates: subarray(['x', 'y']).map((ids) => nodes(ids.map((id) => ({ id, chain: id, privateKey: id, names: [id] })))),
  functions: constant({}),
  stages: subarray(['s', 't']).map((ids) => nodes(ids.map((id) => stage(id)))),
  plans: subarray(['u', 'v']).map((ids) => nodes(ids.map((id) => ({ id, throttle: null, quota: null, routes: [], keys: [{ id: 'k', digest: id }] })))),
  identities: subarray(['k']).map((ids) => nodes(ids.map((id) => identity(id)))),
}, { noNullPrototype: true });

test('apply(previous, diff(previous, next)) is next', () => {
  holds(property(anySnapshot, anySnapshot, (previous, next) => {
    const sent = structuredClone(diff(freeze(previous), freeze(next)));
    assert.deepEqual(apply(previous, sent), next);
  }), { numRuns: 300 });
});

test('a snapshot differs from an equal one in nothing, and keeps every identity', () => {
  holds(property(anySnapshot, (snapshot) => {
    const copy = structuredClone(snapshot);
    const difference = diff(snapshot, copy);
    assert.ok(isEmptyDiff(difference));
    const result = apply(snapshot, difference);
    assert.equal(result.listeners, snapshot.listeners);
    assert.equal(result.pools, snapshot.pools);
  }));
});

test('one changed rule among many is sent as one rule, and the others keep their identity', () => {
  const before: Snapshot = { ...emptySnapshot, revision: 1, listeners: nodes([listener('l', Array.from({ length: 1000 }, (_, i) => route(i + 1))), listener('m', [])]) };
  const routes = before.listeners['l']!.routes.with(500, route(501, 'changed'));
  const after: Snapshot = { ...before, revision: 2, listeners: { ...before.listeners, l: { ...before.listeners['l']!, routes } } };
  const difference = diff(before, after);
  assert.deepEqual(difference.listeners.put, []);
  assert.deepEqual(difference.listeners.edit, [{ id: 'l', settings: null, routes: { at: 500, remove: 1, insert: [route(501, 'changed')] } }]);
  const result = apply(before, structuredClone(difference));
  assert.equal(result.listeners['m'], before.listeners['m']);
  assert.equal(result.listeners['l']!.routes[499], before.listeners['l']!.routes[499]);
  assert.deepEqual(result, after);
});

test('a changed setting of a listener with many rules is sent without its rules', () => {
  const many = Array.from({ length: 100 }, (_, i) => route(i + 1));
  const difference = diff({ ...emptySnapshot, listeners: nodes([listener('l', many)]) }, { ...emptySnapshot, listeners: nodes([listener('l', many, 5000)]) });
  assert.deepEqual(difference.listeners.edit.map((edit) => [edit.settings?.http.idleTimeoutMs, edit.routes]), [[5000, { at: 100, remove: 0, insert: [] }]]);
});

test('a difference is refused where it does not start', () => {
  const one: Snapshot = { ...emptySnapshot, revision: 1 };
  assert.throws(() => apply(emptySnapshot, diff(one, { ...one, revision: 2 })), /from revision 1 cannot be applied to revision -1: send the whole snapshot/);
  const edit = diff({ ...one, listeners: nodes([listener('l', Array.from({ length: 20 }, (_, i) => route(i + 1)))]) }, { ...one, listeners: nodes([listener('l', Array.from({ length: 20 }, (_, i) => route(i + 1)), 1)]) });
  assert.throws(() => apply(one, edit), /edits listener l, which the snapshot does not have/);
});

const anyJson = jsonValue({ maxDepth: 3 });

test('sameData agrees with deep equality, and shared returns equal data with the identity of what did not change', () => {
  holds(property(anyJson, anyJson, (a, b) => {
    // JSON cannot tell -0 from 0, and neither does sameData
    const left = JSON.parse(JSON.stringify(a)) as unknown;
    const right = JSON.parse(JSON.stringify(b)) as unknown;
    let equal = true;
    try {
      assert.deepEqual(left, right);
    } catch {
      equal = false;
    }
    assert.equal(sameData(left, right), equal);
    assert.deepEqual(shared(left, right), right);
    const copy = structuredClone(left);
    assert.equal(shared(left, copy), left);
    const wrapped = shared({ a: left, b: 1 }, { a: structuredClone(left), b: 2 });
    assert.equal(wrapped.a, left);
  }));
});

test('freeze reaches every leaf, in place', () => {
  const value = { list: [{ deep: { text: 'x' } }], none: null };
  assert.equal(freeze(value), value);
  assert.throws(() => { value.list[0]!.deep.text = 'y'; }, TypeError);
  assert.ok(Object.isFrozen(value.list));
});
