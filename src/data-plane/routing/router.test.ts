import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PLAIN_FIELD_NAMES, type Condition, type Listener, type Route } from '../../snapshot/index.ts';
import { explain, linkRouter, type Routable } from './index.ts';

const http: Listener['http'] = {
  idleTimeoutMs: 60_000, keepAliveMs: 3_600_000, dropInvalidHeaders: false, preserveHost: false, forwardedFor: 'append', forwardedForPort: false,
  desync: 'defensive', tlsHeaders: false, serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
};

function route(id: string, priority: number, conditions: readonly Condition[]): Route {
  return { id, priority, conditions, policies: [], action: { kind: 'fixed-response', status: 200, contentType: null, body: id } };
}

function listener(conditions: readonly (readonly Condition[])[]): Listener {
  return {
    id: 'l', owner: 'b', ownerLabel: 'app/b/1', bindings: [], protocol: 'http', tls: null, http, accessLog: null,
    routes: conditions.map((all, i) => route(`r${i}`, i + 1, all)),
    fallback: route('default', 0, []),
  };
}

interface Sketch {
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly query?: string | null;
  readonly headers?: readonly (readonly [string, string])[];
  readonly address?: string;
}

function request(sketch: Sketch): Routable {
  const headers = sketch.headers ?? [];
  return {
    method: sketch.method ?? 'GET',
    host: sketch.host ?? 'example.com',
    path: sketch.path ?? '/',
    query: sketch.query ?? null,
    downstream: { remoteAddress: sketch.address ?? '127.0.0.1' },
    headerValues: (name) => headers.filter(([known]) => known.toLowerCase() === name).map(([, value]) => value),
  };
}

function served(conditions: readonly (readonly Condition[])[], sketch: Sketch): string {
  const linked = linkRouter(listener(conditions), (it) => ({ route: it, steps: [], target: { word: '-', serve: () => {} }, actions: '' }));
  return linked.match(request(sketch)).route.id;
}

/** The conditions as AWS documents them, evaluated one after the other with means that the router does not use. */
function naive(conditions: readonly (readonly Condition[])[], sketch: Sketch): string {
  const it = request(sketch);
  const parameters = (it.query ?? '').split('&').filter((part) => part !== '').map((part) => {
    const [key, ...value] = part.split('=');
    return [unescape(key!.replaceAll('+', ' ')), unescape(value.join('=').replaceAll('+', ' '))] as const;
  });
  const holds = (condition: Condition): boolean => {
    switch (condition.kind) {
      case 'host':
        return condition.patterns.some((pattern) => glob(pattern, it.host, true));
      case 'path':
        return condition.patterns.some((pattern) => glob(pattern, it.path, false));
      case 'method':
        return condition.values.some((value) => value === it.method);
      case 'header':
        return it.headerValues(condition.name).some((value) => condition.patterns.some((pattern) => glob(pattern, value, true)));
      case 'host-regex':
        return condition.regexes.some((regex) => new RegExp(regex, 'i').test(it.host));
      case 'path-regex':
        return condition.regexes.some((regex) => new RegExp(regex).test(it.path));
      case 'header-regex':
        return it.headerValues(condition.name).some((value) => condition.regexes.some((regex) => new RegExp(regex, 'i').test(value)));
      case 'query':
        return condition.pairs.some(({ key, value }) => parameters.some(([k, v]) => (key === null || glob(key, k, true)) && glob(value, v, true)));
      case 'source-ip':
        return condition.blocks.some((block) => inBlock(block, it.downstream.remoteAddress));
    }
  };
  const found = conditions.findIndex((all) => all.every(holds));
  return found < 0 ? 'default' : `r${found}`;
}

function glob(pattern: string, text: string, fold: boolean): boolean {
  const source = [...pattern].map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[\\^$.|+()[\]{}/]/g, '\\$&'))).join('');
  return new RegExp(`^${source}$`, fold ? 'is' : 's').test(text);
}

function inBlock(block: string, address: string): boolean {
  const [base, length] = block.split('/');
  const bits = (text: string): string => text.split('.').map((part) => Number(part).toString(2).padStart(8, '0')).join('');
  return bits(base!).slice(0, Number(length)) === bits(address).slice(0, Number(length));
}

// few letters, so that random rules and random requests meet
const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '/', '.'), maxLength: 4 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '/', '.', '*', '*', '?'), minLength: 1, maxLength: 6 });
const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
const regex = fc.constantFrom('^a', 'b$', '^/a/?b', '[ab]{2,20}', 'A|\\.b', '^\\.a(b|/)*', 'a+A?');
const address = fc.tuple(fc.constantFrom(10, 11), fc.constantFrom(0, 128), fc.constantFrom(0, 1), fc.constantFrom(0, 1, 2)).map((parts) => parts.join('.'));
const condition: fc.Arbitrary<Condition> = fc.oneof(
  patterns.map((patterns): Condition => ({ kind: 'host', patterns })),
  patterns.map((patterns): Condition => ({ kind: 'path', patterns })),
  fc.array(regex, { minLength: 1, maxLength: 2 }).chain((regexes) => fc.constantFrom<Condition>({ kind: 'host-regex', regexes }, { kind: 'path-regex', regexes }, { kind: 'header-regex', name: 'x-a', regexes })),
  fc.array(fc.constantFrom('GET', 'POST', 'get'), { minLength: 1, maxLength: 2 }).map((values): Condition => ({ kind: 'method', values })),
  fc.tuple(fc.constantFrom('x-a', 'x-b'), patterns).map(([name, patterns]): Condition => ({ kind: 'header', name, patterns })),
  fc.array(fc.record({ key: fc.option(pattern), value: pattern }), { minLength: 1, maxLength: 2 }).map((pairs): Condition => ({ kind: 'query', pairs })),
  fc.array(fc.tuple(address, fc.constantFrom(0, 8, 9, 24, 32)).map((parts) => parts.join('/')), { minLength: 1, maxLength: 2 })
    .map((blocks): Condition => ({ kind: 'source-ip', blocks })),
);
const encodedPiece = piece.chain((text) => fc.constantFrom(text, text.replaceAll('a', '%61'), text.replaceAll('A', '%41'), text.replaceAll('/', '%2F')));
const sketch: fc.Arbitrary<Sketch> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  host: piece.map((text) => text.toLowerCase()),
  path: piece,
  query: fc.option(fc.array(fc.tuple(encodedPiece, fc.option(encodedPiece)).map(([k, v]) => (v === null ? k : `${k}=${v}`)), { maxLength: 3 }).map((all) => all.join('&'))),
  headers: fc.array(fc.tuple(fc.constantFrom('X-A', 'x-b'), piece), { maxLength: 3 }),
  address,
});

test('the index answers as going through the list does', () => {
  fc.assert(
    fc.property(fc.array(fc.array(condition, { maxLength: 3 }), { maxLength: 40 }), fc.array(sketch, { minLength: 1, maxLength: 10 }), (conditions, sketches) => {
      const linked = linkRouter(listener(conditions), (it) => ({ route: it, steps: [], target: { word: '-', serve: () => {} }, actions: '' }));
      for (const it of sketches) {
        const expected = naive(conditions, it);
        assert.equal(linked.match(request(it)).route.id, expected);
        const explained = linked.explain(request(it));
        assert.equal(explained.chosen.id, expected);
        // every route is explained as not matching but the last, which is the one that serves
        explained.considered.forEach(({ id, matched }) => assert.equal(matched, id === expected));
      }
    }),
    { numRuns: 400 },
  );
});

test('the index answers so for rules in the forms that people write, where it files instead of going through', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const common = fc.oneof(
    name.map((n): Condition => ({ kind: 'host', patterns: [`${n}.example.com`] })),
    name.map((n): Condition => ({ kind: 'host', patterns: [`*.${n}.example.com`, `${n}.*`] })),
    fc.tuple(name, name).map(([n, m]): Condition => ({ kind: 'path', patterns: [`/${n}/*`, `/${n}/${m}`] })),
    fc.tuple(name, name).map(([n, m]): Condition => ({ kind: 'path', patterns: [`/${n}*/${m}`] })),
    name.map((n): Condition => ({ kind: 'path', patterns: [`*.${n}`] })),
    fc.constantFrom('GET', 'POST').map((value): Condition => ({ kind: 'method', values: [value] })),
    name.map((n): Condition => ({ kind: 'header', name: 'x-a', patterns: [n, `${n}?*`] })),
    name.map((n): Condition => ({ kind: 'query', pairs: [{ key: 'k', value: n }] })),
    fc.tuple(name, fc.constantFrom('*', '?')).map(([n, value]): Condition => ({ kind: 'query', pairs: [{ key: n, value }] })),
    name.map((n): Condition => ({ kind: 'query', pairs: [{ key: null, value: `${n}*` }] })),
    address.map((base): Condition => ({ kind: 'source-ip', blocks: [`${base}/24`] })),
  );
  const likely: fc.Arbitrary<Sketch> = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    host: fc.tuple(name, name).chain(([n, m]) => fc.constantFrom(`${n}.example.com`, `${m}.${n}.example.com`, `${n}.org`)),
    path: fc.tuple(name, name).chain(([n, m]) => fc.constantFrom(`/${n}/${m}`, `/${n}`, `/${n}x/${m}`, `/${n}/x.${m}`)),
    query: fc.option(fc.tuple(name, name).chain(([n, m]) => fc.constantFrom(`k=${n}&k=${m}`, `${n}=${m}`, `${n}`, `K=${m.toUpperCase()}`))),
    headers: fc.array(name.map((n) => ['X-A', n] as const), { maxLength: 2 }),
    address,
  });
  fc.assert(
    fc.property(fc.array(fc.array(common, { minLength: 1, maxLength: 4 }), { minLength: 20, maxLength: 150 }), fc.array(likely, { minLength: 10, maxLength: 10 }), (conditions, sketches) => {
      const linked = linkRouter(listener(conditions), (it) => ({ route: it, steps: [], target: { word: '-', serve: () => {} }, actions: '' }));
      for (const it of sketches) assert.equal(linked.match(request(it)).route.id, naive(conditions, it));
    }),
    { numRuns: 150 },
  );
});

test('hosts: without case, wildcards, *.example.com is not example.com', () => {
  const rules: Condition[][] = [[{ kind: 'host', patterns: ['API.example.com'] }], [{ kind: 'host', patterns: ['*.example.com'] }], [{ kind: 'host', patterns: ['www?.example.org'] }]];
  assert.equal(served(rules, { host: 'api.example.com' }), 'r0');
  assert.equal(served(rules, { host: 'x.y.example.com' }), 'r1');
  assert.equal(served(rules, { host: 'example.com' }), 'default');
  assert.equal(served(rules, { host: 'www1.example.org' }), 'r2');
  assert.equal(served(rules, { host: '' }), 'default');
});

test('paths: with case, as sent, without the query', () => {
  const rules: Condition[][] = [[{ kind: 'path', patterns: ['/img/*', '/exact'] }]];
  assert.equal(served(rules, { path: '/img/a%20b', query: 'x' }), 'r0');
  assert.equal(served(rules, { path: '/exact' }), 'r0');
  assert.equal(served(rules, { path: '/IMG/a' }), 'default');
  assert.equal(served(rules, { path: '/img' }), 'default');
});

test('methods: exact and with case', () => {
  const rules: Condition[][] = [[{ kind: 'method', values: ['GET', 'CUSTOM-METHOD'] }]];
  assert.equal(served(rules, { method: 'CUSTOM-METHOD' }), 'r0');
  assert.equal(served(rules, { method: 'get' }), 'default');
});

test('headers: every line is compared, whole, without case', () => {
  const rules: Condition[][] = [[{ kind: 'header', name: 'x-tier', patterns: ['Gold*', 'silver'] }]];
  assert.equal(served(rules, { headers: [['X-Tier', 'bronze'], ['x-tier', 'GOLDEN']] }), 'r0');
  assert.equal(served(rules, { headers: [['x-tier', 'bronze, silver']] }), 'default');
  assert.equal(served(rules, {}), 'default');
});

test('two conditions on one header must both hold', () => {
  const rules: Condition[][] = [[{ kind: 'header', name: 'x', patterns: ['a*'] }, { kind: 'header', name: 'x', patterns: ['*b'] }]];
  assert.equal(served(rules, { headers: [['x', 'ab']] }), 'r0');
  assert.equal(served(rules, { headers: [['x', 'a'], ['x', 'b']] }), 'r0');
  assert.equal(served(rules, { headers: [['x', 'a']] }), 'default');
});

test('queries: decoded, without case, any key, repeated keys, escapes', () => {
  const rules: Condition[][] = [
    [{ kind: 'query', pairs: [{ key: 'version', value: 'V1' }, { key: null, value: 'two words' }] }],
    [{ kind: 'query', pairs: [{ key: 'q', value: '\\*' }] }],
    [{ kind: 'query', pairs: [{ key: 'flag', value: '*' }] }],
    [{ kind: 'query', pairs: [{ key: 'empty', value: '' }] }],
  ];
  assert.equal(served(rules, { query: 'a=b&VERSION=v1' }), 'r0');
  assert.equal(served(rules, { query: 'version=v2&version=v1' }), 'r0');
  assert.equal(served(rules, { query: 'x=two+words' }), 'r0');
  assert.equal(served(rules, { query: 'x=two%20words' }), 'r0');
  assert.equal(served(rules, { query: 'q=*' }), 'r1');
  assert.equal(served(rules, { query: 'q=x' }), 'default');
  assert.equal(served(rules, { query: 'flag' }), 'r2');
  assert.equal(served(rules, { query: 'empty=' }), 'r3');
  assert.equal(served(rules, { query: 'empty=%zz' }), 'default');
  assert.equal(served(rules, { query: '&&' }), 'default');
});

test('addresses: IPv4, IPv6, and IPv4 on a dual-stack socket', () => {
  const rules: Condition[][] = [
    [{ kind: 'source-ip', blocks: ['192.0.2.0/24', '198.51.100.10/32'] }],
    [{ kind: 'source-ip', blocks: ['2001:db8::/32'] }],
    [{ kind: 'source-ip', blocks: ['0.0.0.0/0'] }],
  ];
  for (const padded of [rules, [...rules, ...Array.from({ length: 50 }, (_, i): Condition[] => [{ kind: 'source-ip', blocks: [`10.0.${i}.0/24`] }])]]) {
    assert.equal(served(padded, { address: '192.0.2.7' }), 'r0');
    assert.equal(served(padded, { address: '::ffff:198.51.100.10' }), 'r0');
    assert.equal(served(padded, { address: '2001:db8:1::5' }), 'r1');
    assert.equal(served(padded, { address: '203.0.113.1' }), 'r2');
    assert.equal(served(padded, { address: '::1' }), 'default');
  }
});

test('the lowest position wins across everything that applies, and a rule without conditions ends the list', () => {
  const many = Array.from({ length: 100 }, (_, i): Condition[] => [{ kind: 'path', patterns: [`/p${i}/*`] }]);
  assert.equal(served([[{ kind: 'host', patterns: ['example.com'] }], ...many], { path: '/p7/x' }), 'r0');
  assert.equal(served([...many, [{ kind: 'host', patterns: ['example.com'] }]], { path: '/p7/x' }), 'r7');
  assert.equal(served([...many, [], [{ kind: 'path', patterns: ['/nothing'] }]], { path: '/nothing' }), 'r100');
});

test('a condition of more values than the index files is gone through', () => {
  const hosts = Array.from({ length: 300 }, (_, i) => `h${i}.example.com`);
  const many = Array.from({ length: 50 }, (_, i): Condition[] => [{ kind: 'path', patterns: [`/p${i}/*`] }]);
  assert.equal(served([...many, [{ kind: 'host', patterns: hosts }]], { host: 'h299.example.com', path: '/p50/' }), 'r50');
  assert.equal(served([...many, [{ kind: 'host', patterns: hosts }]], { host: 'h300.example.com', path: '/p50/' }), 'default');
  assert.equal(served([[{ kind: 'host', patterns: hosts }], ...many], { host: 'h5.example.com', path: '/p5/' }), 'r0');
});

test('IPv6 blocks that the index files', () => {
  const many = Array.from({ length: 100 }, (_, i): Condition[] => [{ kind: 'source-ip', blocks: [`2001:db8:${i.toString(16)}::/48`] }]);
  assert.equal(served(many, { address: '2001:db8:2a:1::9' }), 'r42');
  assert.equal(served(many, { address: '2001:db8:fff::9' }), 'default');
});

test('explain says for each condition what was found, what was wanted, and which held', () => {
  const rules: Condition[][] = [
    [{ kind: 'host', patterns: ['a.example.com'] }, { kind: 'method', values: ['GET'] }],
    [{ kind: 'header', name: 'x-tier', patterns: ['gold'] }],
    [{ kind: 'path', patterns: ['/x', '/orders/*'] }],
    [],
  ];
  const explained = explain(request({ host: 'b.example.com', path: '/orders/1' }), listener(rules));
  assert.deepEqual(explained.chosen, { id: 'r2', priority: 3, fallback: false });
  assert.equal(explained.notReached, 1);
  assert.deepEqual(explained.considered.map(({ matched }) => matched), [false, false, true]);
  const [first, second, third] = explained.considered;
  assert.equal(first!.conditions[0]!.why, 'the host is "b.example.com"; wanted: "a.example.com"');
  assert.equal(first!.conditions[1]!.held, true);
  assert.equal(second!.conditions[0]!.why, 'the header x-tier is absent; wanted: "gold"');
  assert.equal(third!.conditions[0]!.satisfied, '/orders/*');
  assert.equal(explain(request({ path: '/no' }), listener(rules.slice(0, 3))).chosen.fallback, true);
});
