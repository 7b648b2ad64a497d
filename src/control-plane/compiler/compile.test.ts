import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { assert as holds, asyncProperty, constantFrom, dictionary, integer, option, record, subarray, uniqueArray } from 'fast-check';
import { arns, describedRule, describedWorld, type ActionDescription, type WorldDescription } from '../../../test/support/load-balancer-world.ts';
import { apply, diff, validate, type Snapshot } from '../../snapshot/index.ts';
import type { Kind } from '../resources/index.ts';
import { memoryStore, type Store, type World } from '../store/index.ts';
import { compile, Compiler, localInstallation } from './index.ts';

const NOW = 1_000_000;
const INSTALLATION = { ...localInstallation(NOW), portOffset: 8000 };

async function stored(description: WorldDescription): Promise<Store> {
  const store = memoryStore();
  await store.transact((transaction) => {
    for (const { kind, resource } of describedWorld(description)) transaction.put(kind, resource);
  });
  return store;
}

const shop: WorldDescription = {
  certificates: { a: ['a.example.com'], b: ['b.example.com'] },
  instances: { 'i-1': {} },
  groups: { api: { targets: { '10.0.0.1': null } }, web: { type: 'instance', targets: { 'i-1': null } } },
  balancers: {
    one: { listeners: { 'http 80': { default: { forward: 'web' }, rules: { 1: { when: { path: ['/api/*'] }, do: { forward: 'api' } }, 2: { when: { path: ['/x'] } } } } } },
    two: { listeners: { 'https 443': { certificates: ['a', 'b'], default: { forward: 'api' } } } },
  },
};

/** Which nodes of a snapshot are not the very objects of another. */
function changed(previous: Snapshot, next: Snapshot): readonly string[] {
  return (['listeners', 'pools', 'certificates', 'functions'] as const).flatMap((section) =>
    Object.keys({ ...previous[section], ...next[section] }).filter((id) => previous[section][id] !== next[section][id]),
  );
}

let store: Store;
let compiler: Compiler;
before(async () => {
  store = await stored(shop);
  compiler = new Compiler();
});

test('a world that did not change compiles to the same objects, whatever else was written', async () => {
  const first = compiler.compile(store.world, INSTALLATION);
  assert.equal(compiler.compile(store.world, INSTALLATION), first);
  await store.transact((transaction) => {
    for (const { kind, resource } of describedWorld({ groups: { other: {} } })) transaction.put(kind, resource);
  });
  const second = compiler.compile(store.world, INSTALLATION);
  assert.equal(second.snapshot.revision, first.snapshot.revision + 1);
  assert.equal(second.snapshot.listeners, first.snapshot.listeners);
  assert.equal(second.snapshot.pools, first.snapshot.pools);
  assert.equal(second.diagnostics, first.diagnostics);
});

test('a changed rule changes its listener and leaves the other routes alone', async () => {
  const first = compiler.compile(store.world, INSTALLATION);
  const listener = arns.listener('one', 80);
  await store.transact((transaction) => transaction.put('elbv2/rule', describedRule(listener, 2, { when: { path: ['/y'] } })));
  const second = compiler.compile(store.world, INSTALLATION);
  assert.deepEqual(changed(first.snapshot, second.snapshot), [listener]);
  assert.equal(second.snapshot.listeners[listener]!.routes[0], first.snapshot.listeners[listener]!.routes[0]);
  assert.deepEqual(second.snapshot.listeners[listener]!.routes[1]!.conditions, [{ kind: 'path', patterns: ['/y'] }]);
});

test('a write that changes nothing that is served changes no node', async () => {
  const first = compiler.compile(store.world, INSTALLATION);
  await store.transact((transaction) => {
    const tags = [{ key: 'team', value: 'shop' }];
    transaction.put('elbv2/listener', { ...transaction.get('elbv2/listener', arns.listener('one', 80))!, tags });
    transaction.put('elbv2/target-group', { ...transaction.get('elbv2/target-group', arns.group('api'))!, tags });
    transaction.put('elbv2/rule', { ...transaction.get('elbv2/rule', arns.rule('one', 80, 1))!, tags });
    transaction.put('acm/certificate', { ...transaction.get('acm/certificate', arns.certificate('a'))!, tags });
  });
  assert.deepEqual(changed(first.snapshot, compiler.compile(store.world, INSTALLATION).snapshot), []);
});

test('an instance that stops changes its pool only, a certificate that is imported anew itself only', async () => {
  const first = compiler.compile(store.world, INSTALLATION);
  await store.transact((transaction) => transaction.put('ec2/instance', { ...transaction.get('ec2/instance', 'i-1')!, state: 'stopped' }));
  const second = compiler.compile(store.world, INSTALLATION);
  assert.deepEqual(changed(first.snapshot, second.snapshot), [arns.group('web')]);
  await store.transact((transaction) => transaction.put('acm/certificate', { ...transaction.get('acm/certificate', arns.certificate('b'))!, privateKey: 'new' }));
  const third = compiler.compile(store.world, INSTALLATION);
  assert.deepEqual(changed(second.snapshot, third.snapshot), [arns.certificate('b')]);
});

test('a target group that appears brings the rules that wait for it to life', async () => {
  const waiting = await stored({ balancers: { one: { listeners: { 'http 80': { rules: { 1: { do: { forward: 'late' } } } } } } } });
  const memory = new Compiler();
  const action = (): unknown => memory.compile(waiting.world, INSTALLATION).snapshot.listeners[arns.listener('one', 80)]!.routes[0]!.action;
  assert.deepEqual(action(), { kind: 'unservable', status: 503, why: 'no target group of Actions[0] exists' });
  const [group] = describedWorld({ groups: { late: {} } });
  await waiting.transact((transaction) => transaction.put(group!.kind, group!.resource));
  assert.deepEqual(action(), { kind: 'forward', pools: [{ pool: arns.group('late'), weight: 1 }] });
  await waiting.transact((transaction) => transaction.delete('elbv2/target-group', arns.group('late')));
  assert.equal((action() as { readonly kind: string }).kind, 'unservable');
});

test('draining ends by the clock: the result says until when it is right', async () => {
  const draining = await stored({
    groups: { api: { targets: { '10.0.0.1': { drainingUntil: NOW + 300 }, '10.0.0.2': { drainingUntil: NOW + 100 }, '10.0.0.3': null } } },
    balancers: { one: { listeners: { 'http 80': { default: { forward: 'api' } } } } },
  });
  const memory = new Compiler();
  const at = (now: number): readonly [number, number | null] => {
    const { snapshot, validUntil } = memory.compile(draining.world, { ...INSTALLATION, now });
    const pool = snapshot.pools[arns.group('api')]!;
    return [pool.kind === 'http' ? pool.endpoints.length : -1, validUntil];
  };
  assert.deepEqual(at(NOW), [3, NOW + 100]);
  assert.deepEqual(at(NOW + 99), [3, NOW + 100]);
  assert.deepEqual(at(NOW + 100), [2, NOW + 300]);
  assert.deepEqual(at(NOW + 300), [1, null]);
});

test('compiling does not change the resources', () => {
  const rows = describedWorld(shop);
  const copy = structuredClone(rows);
  const world: World = {
    revision: 1,
    get: ((kind: Kind, id: string) => rows.find((row) => row.kind === kind && row.resource.id === id)?.resource) as World['get'],
    list: ((kind: Kind) => rows.filter((row) => row.kind === kind).map((row) => row.resource)) as unknown as World['list'],
    children: ((kind: Kind, parent: string) => rows.filter((row) => row.kind === kind && row.resource.parent === parent).map((row) => row.resource)) as unknown as World['children'],
  };
  compile(world, INSTALLATION);
  assert.deepEqual(rows, copy);
});

const groupName = constantFrom('a', 'b', 'c', 'missing');
const anyAction = constantFrom<ActionDescription>(
  { forward: 'a' }, { forward: { a: 1, b: 2 } }, { forward: { c: 0 } }, { forward: 'missing' }, { forward: { missing: 1, b: 1 } }, { fixed: 200 }, { redirect: {} }, { actions: [] },
);
const anyRules = uniqueArray(record({ priority: integer({ min: 1, max: 30 }), host: option(constantFrom('x.com', 'y.com', '*.com')), action: anyAction }), { selector: (rule) => rule.priority, maxLength: 6 })
  .map((rules) => Object.fromEntries(rules.map(({ priority, host, action }) => [priority, { when: host === null ? {} : { host: [host] }, do: action }])));
const anyListener = record({ default: anyAction, rules: anyRules, certificates: subarray(['k', 'l', 'missing']) });
const anyBalancer = record({
  scheme: constantFrom('internal' as const, 'internet-facing' as const),
  zones: subarray(['us-east-1a', 'us-east-1b'], { minLength: 1 }),
  listeners: dictionary(constantFrom('http 80', 'https 443', 'http 8080', 'https 8080', 'http 8443'), anyListener),
});
const anyFunction = record({
  versions: subarray([1, 2]),
  aliases: dictionary(constantFrom('live'), constantFrom('1', '2', '$LATEST')),
  allow: dictionary(constantFrom('', '1', 'live'), constantFrom('a', 'any')),
});
const anyWorld = record({
  functions: dictionary(constantFrom('f', 'g'), anyFunction),
  instances: dictionary(constantFrom('i-1', 'i-2'), record({ state: constantFrom('running' as const, 'stopped' as const), zone: constantFrom('us-east-1a', 'us-east-1b') })),
  certificates: dictionary(constantFrom('k', 'l'), subarray(['x.com', 'y.com', '*.z.com'], { minLength: 1 })),
  groups: dictionary(groupName.filter((name) => name !== 'missing'), record({
    type: constantFrom('ip' as const, 'instance' as const, 'lambda' as const),
    targets: dictionary(constantFrom('i-1', 'i-2', '10.0.0.1', 'f', 'f:1', 'f:live', 'g'), option(record({ drainingUntil: constantFrom(NOW - 1, NOW + 1000) }))),
  })),
  balancers: dictionary(constantFrom('one', 'two', 'three'), anyBalancer),
});

test('any world: compiled without a flaw, the same from nothing and from any other world, and sent by its difference', async () => {
  const memory = new Compiler();
  let served = memory.compile(memoryStore().world, INSTALLATION).snapshot;
  await holds(asyncProperty(anyWorld, async (description) => {
    const world = (await stored(description)).world;
    const fresh = compile(world, INSTALLATION);
    assert.deepEqual(validate(fresh.snapshot), []);
    assert.deepEqual(compile(world, INSTALLATION), fresh);
    const incremental = memory.compile(world, INSTALLATION);
    assert.deepEqual(incremental, fresh);
    const sent = structuredClone(diff(served, incremental.snapshot));
    served = apply(served, sent);
    assert.deepEqual(served, incremental.snapshot);
  }), { numRuns: 150 });
});

test('any change of one resource leaves the nodes that do not depend on it alone', async () => {
  await holds(asyncProperty(anyWorld, anyWorld, async (description, other) => {
    const world = await stored(description);
    const memory = new Compiler();
    const first = memory.compile(world.world, INSTALLATION);
    // What the other world has of one kind is written over the first, so that every kind of unit sees partial changes
    await world.transact((transaction) => {
      for (const { kind, resource } of describedWorld({ groups: other.groups, instances: other.instances, functions: other.functions })) transaction.put(kind, resource);
    });
    const second = memory.compile(world.world, INSTALLATION);
    assert.deepEqual(second, compile(world.world, INSTALLATION));
    for (const section of ['listeners', 'pools', 'certificates', 'functions'] as const) {
      for (const [id, node] of Object.entries(second.snapshot[section])) {
        const before = first.snapshot[section][id];
        if (before === undefined || before === node) continue;
        assert.notDeepEqual(node, before, `${id} is new although it says the same`);
      }
    }
  }), { numRuns: 100 });
});
