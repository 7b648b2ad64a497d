import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FakeClock, systemClock } from '../kernel/index.ts';
import { decode, encode } from './codec.ts';
import { LastKnownGood, recover } from './last-known-good.ts';
import { PLAIN_FIELD_NAMES } from './listener.ts';
import { redact } from './redact.ts';
import { emptySnapshot, type Snapshot } from './snapshot.ts';
import { validate } from './validate.ts';

const folder = mkdtempSync(join(tmpdir(), 'last-known-good-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const snapshot: Snapshot = {
  format: 1, revision: 7, listeners: {},
  pools: { p: { kind: 'function', id: 'p', label: 'targetgroup/p/1', functionArn: 'f', refused: null, multiValueHeaders: false, health: null } },
  certificates: { c: { id: 'c', chain: 'CHAIN', privateKey: 'SECRET KEY', names: ['bücher.example'] } },
  functions: {
    f: {
      id: 'f', name: 'f', version: '$LATEST', runtime: 'nodejs22.x', handler: 'index.handler', code: 'ab', timeoutMs: 3000, memoryMb: 128,
      environment: { PASSWORD: 'SECRET VALUE' }, concurrency: null, folder: null, layers: [], provisioned: 0, aliases: {}, systemLogLevel: null, logGroup: '/aws/lambda/f', revision: 'r',
    },
  },
  stages: {}, plans: {}, identities: {},
};

function keeperOf(file: string): LastKnownGood {
  return new LastKnownGood({ file, clock: systemClock, restMs: 0, failed: assert.ifError });
}

test('what is kept comes back, readable by its owner only, with nothing left beside it', async () => {
  const file = join(folder, 'new', 'snapshot');
  const keeper = keeperOf(file);
  keeper.keep(emptySnapshot);
  keeper.keep(snapshot);
  await keeper.settled();
  assert.deepEqual(await recover(file), { kind: 'snapshot', snapshot });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(folder, 'new')), ['snapshot']);
});

test('what is handed over during a write is written after it, the newest only', async () => {
  const file = join(folder, 'order');
  const keeper = keeperOf(file);
  for (let revision = 0; revision < 200; revision++) {
    keeper.keep({ ...snapshot, revision });
    if (revision % 50 === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
  await keeper.settled();
  const recovered = await recover(file);
  assert.equal(recovered.kind === 'snapshot' && recovered.snapshot.revision, 199);
});

test('between two writes there is a rest, in which only the newest is kept; who ends the process does not wait for it', async () => {
  const file = join(folder, 'rest');
  const clock = new FakeClock();
  const keeper = new LastKnownGood({ file, clock, restMs: 500, failed: assert.ifError });
  const written = async (): Promise<number> => {
    const recovered = await recover(file);
    return recovered.kind === 'snapshot' ? recovered.snapshot.revision : -1;
  };
  keeper.keep({ ...snapshot, revision: 1 });
  clock.advance(0);
  await keeper.settled();
  assert.equal(await written(), 1);
  keeper.keep({ ...snapshot, revision: 2 });
  keeper.keep({ ...snapshot, revision: 3 });
  clock.advance(499);
  assert.equal(await written(), 1);
  clock.advance(1);
  while ((await written()) === 1) await new Promise((resolve) => void setImmediate(resolve));
  assert.equal(await written(), 3);
  keeper.keep({ ...snapshot, revision: 4 });
  await keeper.settled();
  assert.equal(await written(), 4);
});

test('a crash between writing and renaming is cleared away by the next write', async () => {
  const file = join(folder, 'torn');
  writeFileSync(`${file}.new`, 'half a sna');
  const keeper = keeperOf(file);
  assert.deepEqual(await recover(file), { kind: 'absent' });
  keeper.keep(snapshot);
  await keeper.settled();
  assert.equal((await recover(file)).kind, 'snapshot');
});

test('a write that fails is told and leaves the last success', async () => {
  const place = join(folder, 'blocked');
  writeFileSync(place, 'a file where a folder should be');
  const failures: string[] = [];
  const keeper = new LastKnownGood({ file: join(place, 'snapshot'), clock: systemClock, restMs: 0, failed: (error) => failures.push(error.message) });
  keeper.keep(snapshot);
  await keeper.settled();
  assert.equal(failures.length, 1);
  assert.match(failures[0]!, /blocked\/snapshot was not written: /);
  assert.equal(readFileSync(place, 'utf8'), 'a file where a folder should be');
});

test('a file that must not be served says why', async () => {
  const good = encode(snapshot);
  const text = good.toString('utf8');
  const flipped = Buffer.from(good);
  flipped[flipped.length - 20]! ^= 1;
  const cases: readonly [string, Buffer, RegExp][] = [
    ['empty', Buffer.alloc(0), /its first line is not that of a snapshot/],
    ['other', Buffer.from('{"what":"something"}\n{}'), /its first line is not that of a snapshot/],
    ['cut', good.subarray(0, good.length - 30), /it is cut off: \d+ of \d+ bytes are there/],
    ['flipped', flipped, /its checksum is wrong/],
    ['newer file', Buffer.from(text.replace('"version":1', '"version":2')), /version 2 of the file format/],
    ['newer snapshot', encode({ ...snapshot, format: 2 } as unknown as Snapshot), /a snapshot of format 2, and this program serves format 1/],
    ['no pools', encode({ ...snapshot, pools: undefined } as unknown as Snapshot), /its pools are missing/],
    ['dangling', encode({ ...snapshot, functions: {} }), /p: functionArn names function f, which the snapshot does not have/],
  ];
  for (const [name, bytes, why] of cases) {
    const decoded = decode(bytes);
    assert.equal(decoded.kind, 'unreadable', name);
    assert.match(decoded.kind === 'unreadable' ? decoded.why : '', why, name);
  }
  const file = join(folder, 'bad');
  writeFileSync(file, flipped);
  const recovered = await recover(file);
  assert.match(recovered.kind === 'unreadable' ? recovered.why : '', /bad is not used: its checksum is wrong/);
});

test('a file that may not be read says so', { skip: process.getuid?.() === 0 && 'root may read everything' }, async () => {
  const file = join(folder, 'closed');
  writeFileSync(file, encode(snapshot));
  chmodSync(file, 0);
  const recovered = await recover(file);
  assert.match(recovered.kind === 'unreadable' ? recovered.why : '', /cannot be read/);
});

test('a redacted snapshot holds no secret and is otherwise the same', () => {
  const printed = redact(snapshot);
  assert.doesNotMatch(JSON.stringify(printed), /SECRET/);
  assert.equal(printed.pools, snapshot.pools);
  assert.equal(printed.certificates['c']!.privateKey, '[redacted]');
  assert.deepEqual(printed.functions['f']!.environment, { PASSWORD: '[redacted]' });
  assert.equal(snapshot.certificates['c']!.privateKey, 'SECRET KEY');
});

test('validate finds each kind of flaw', () => {
  const http = {
    idleTimeoutMs: 1, keepAliveMs: 1, dropInvalidHeaders: false, preserveHost: false, forwardedFor: 'append', forwardedForPort: false, desync: 'monitor',
    tlsHeaders: false, serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
  } as const;
  const forward = (id: string, priority: number, pool: string) => ({ id, priority, conditions: [], policies: [], action: { kind: 'forward', pools: [{ pool, weight: 1 }] } }) as const;
  const bind = (port: number, hosts: readonly string[]) => ({ address: '127.0.0.1', port, advertisedPort: port, hosts });
  const base = { owner: 'lb', ownerLabel: 'app/lb/1', http, accessLog: null } as const;
  const broken: Snapshot = {
    ...snapshot,
    listeners: {
      a: { ...base, id: 'a', bindings: [bind(80, ['*']), bind(0, [])], protocol: 'http', tls: null, routes: [forward('r1', 2, 'p'), forward('r2', 1, 'gone')], fallback: forward('d', 0, 'gone too') },
      b: {
        ...base, id: 'b', bindings: [bind(80, ['*'])], protocol: 'https',
        tls: { policy: 'x', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', ciphers: [], certificates: ['missing'], alpn: [], groups: 'X25519', clients: null }, routes: [], fallback: forward('d', 0, 'p'),
      },
      c: { ...base, id: 'not c', bindings: [bind(443, ['*'])], protocol: 'https', tls: null, routes: [], fallback: forward('d', 0, 'p') },
    },
  };
  const route = (id: string, keyed: boolean) => ({ id, key: id, authorization: { kind: 'none' }, throttle: null, integration: null, operationName: null, keyed, validation: null, cache: null }) as const;
  const stage = { kind: 'http', apiId: 'x', apiName: 'x', account: '1', region: 'r', stage: 's', label: 'x/s', variables: {}, accessLog: null, accountThrottle: { key: 'a', rate: 1, burst: 1 }, throttle: null, authorizers: {}, integrations: {}, cors: null } as const;
  const keyed: Snapshot = { ...snapshot, plans: { u: { id: 'u', throttle: null, quota: null, routes: [], keys: [] } }, stages: {
    s: { ...stage, id: 's', keys: { source: 'header', plans: ['u', 'gone'] }, routes: [route('r', true)] },
    t: { ...stage, id: 't', keys: null, routes: [route('open', false), route('r', true)] },
  } };
  assert.deepEqual(validate(keyed).map((flaw) => `${flaw.node} ${flaw.path}`), ['s keys.plans[1]', 't routes[1].keyed']);
  const found = validate(broken).map((flaw) => `${flaw.node} ${flaw.path}`);
  assert.deepEqual(found, [
    'c id', 'a routes[1].priority', 'a routes[1].action.pools[0].pool', 'a fallback.action.pools[0].pool', 'b tls.certificates[0]', 'not c tls',
    'a bindings[1].port', 'a bindings[1].hosts', 'b bindings[0].port', 'b bindings[0].hosts',
  ]);
  assert.deepEqual(validate(snapshot), []);
});
