import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { FakeClock, systemClock } from '../../../kernel/index.ts';
import { ALLOW_ALL } from '../../resources/ec2/index.ts';
import type { Kind, Resource } from '../../resources/index.ts';
import { sqliteStore, StoreFileError, type Transaction } from '../index.ts';
import { openDatabase } from './database.ts';
import { migrations } from './migrations/index.ts';

const RULE = 'elbv2/rule' as Kind;
const folder = mkdtempSync(join(tmpdir(), 'turnpike-sqlite-'));
after(() => rmSync(folder, { recursive: true }));

function put(tx: Transaction, id: string, parent: string | null = null): void {
  tx.put(RULE, { id, account: '000000000000', region: 'us-east-1', parent, createdAt: 1, priority: 1 } as never);
}

function ids(resources: readonly unknown[]): string[] {
  return (resources as readonly Resource[]).map((resource) => resource.id);
}

test('what was committed is there when the file is opened again, in the same order; the file is private', async () => {
  const path = join(folder, 'reopen', 'turnpike.db');
  const first = sqliteStore({ path, clock: systemClock });
  await first.transact((tx) => put(tx, 'b', 'listener'));
  await first.transact((tx) => put(tx, 'a', 'listener'));
  await first.transact((tx) => put(tx, 'b', 'listener-2'));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(`${path}-wal`).mode & 0o777, 0o600);
  first.close();
  const second = sqliteStore({ path, clock: systemClock });
  assert.deepEqual(ids(second.world.list(RULE)), ['b', 'a']);
  assert.deepEqual(ids(second.world.children(RULE, 'listener-2')), ['b']);
  assert.equal(second.world.revision, 3);
  assert.ok(Object.isFrozen(second.world.get(RULE, 'a')));
  second.close();
});

test('two stores on one file never overwrite each other: the later one runs again on the newest world', async () => {
  const path = join(folder, 'two.db');
  const clock = new FakeClock();
  const one = sqliteStore({ path, clock });
  const two = sqliteStore({ path, clock });
  const add = (tx: Transaction): number => {
    const count = tx.list(RULE).length;
    put(tx, `rule-${count}`);
    return count;
  };
  const numbers: number[] = [];
  for (let i = 0; i < 20; i++) numbers.push(...(await Promise.all([one.transact(add), two.transact(add), one.transact(add)])));
  assert.deepEqual(numbers.toSorted((a, b) => a - b), Array.from({ length: 60 }, (_, i) => i));
  const heard: string[] = [];
  two.subscribe((changes) => heard.push(...(changes.changed.get(RULE) ?? [])));
  const kept = two.world.get(RULE, 'rule-3');
  await one.transact((tx) => {
    put(tx, 'last');
    tx.delete(RULE, 'rule-0');
  });
  clock.advance(1000);
  await new Promise((next) => setImmediate(next));
  assert.deepEqual(ids(two.world.list(RULE)), ids(one.world.list(RULE)));
  assert.equal(two.world.revision, one.world.revision);
  assert.equal(two.world.get(RULE, 'rule-3'), kept, 'unchanged rows keep their identity over a refresh');
  assert.ok(heard.includes('last') && heard.includes('rule-0'));
  one.close();
  two.close();
});

test('a commit that lost the race inside its own turn runs again under the lock', async () => {
  const path = join(folder, 'race.db');
  const clock = new FakeClock();
  const store = sqliteStore({ path, clock });
  const rival = sqliteStore({ path, clock });
  let runs = 0;
  const slow = store.transact((tx) => {
    runs++;
    // The rival commits after this change began and before it is written.
    if (runs === 1) {
      const raw = new DatabaseSync(path);
      raw.exec(`BEGIN IMMEDIATE; UPDATE revision SET value = value + 1;
        INSERT INTO resource VALUES (1, '${RULE}', 'rival', '000000000000', 'us-east-1', NULL, 1,
          '{"id":"rival","account":"000000000000","region":"us-east-1","parent":null,"createdAt":1}'); COMMIT;`);
      raw.close();
    }
    put(tx, `seen-${tx.list(RULE).length}`);
    return ids(tx.list(RULE));
  });
  assert.deepEqual(await slow, ['rival', 'seen-1']);
  assert.equal(runs, 2);
  assert.equal(store.world.revision, 2);
  await rival.transact((tx) => put(tx, 'after'));
  assert.deepEqual(ids(rival.world.list(RULE)), ['rival', 'seen-1', 'after']);
  store.close();
  rival.close();
});

test('a newer file, a foreign database, a damaged file and no database at all are told apart in words', async () => {
  const newer = join(folder, 'newer.db');
  openDatabase(newer, [...migrations, { version: 7, name: 'future', sql: 'CREATE TABLE future (x)' }]).close();
  assert.throws(() => openDatabase(newer), (error: unknown) => error instanceof StoreFileError && error.message.includes(`newer Turnpike (form 7; this one knows up to ${migrations.length})`));

  const foreign = join(folder, 'foreign.db');
  const other = new DatabaseSync(foreign);
  other.exec('CREATE TABLE theirs (x)');
  other.close();
  assert.throws(() => openDatabase(foreign), /database of another program/);

  const text = join(folder, 'text.db');
  writeFileSync(text, 'this is a plain text file and no database at all, though long enough to have a header of one hundred bytes in it');
  assert.throws(() => openDatabase(text), (error: unknown) => error instanceof StoreFileError && /damaged or is not a SQLite database/.test(error.message));

  const damaged = join(folder, 'damaged.db');
  const store = sqliteStore({ path: damaged, clock: systemClock });
  await store.transact((tx) => {
    for (let i = 0; i < 500; i++) put(tx, `rule-${i}`);
  });
  store.close();
  const bytes = readFileSync(damaged);
  bytes.fill(0xa5, 8192, 24576);
  writeFileSync(damaged, bytes);
  assert.throws(() => sqliteStore({ path: damaged, clock: systemClock }), (error: unknown) => error instanceof StoreFileError && error.message.includes(damaged));
});

test('migrations run once, in order, and a failing one leaves the file as it was', () => {
  const path = join(folder, 'migrate.db');
  openDatabase(path).close();
  const second = { version: migrations.length + 1, name: 'more', sql: 'CREATE TABLE more (x); INSERT INTO more VALUES (1)' };
  openDatabase(path, [...migrations, second]).close();
  const again = openDatabase(path, [...migrations, second]);
  assert.equal(again.prepare('SELECT count(*) AS n FROM more').get()!['n'], 1);
  again.close();
  assert.throws(() => openDatabase(path, [...migrations, second, { version: migrations.length + 2, name: 'bad', sql: 'CREATE TABLE half (x); SELECT nonsense' }]));
  const still = openDatabase(path, [...migrations, second]);
  assert.equal(still.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()!['n'], 0);
  still.close();
});

test('networks of before there were IPv6 blocks have none, and network ACLs of before let everything through', () => {
  const path = join(folder, 'networks.db');
  const before = openDatabase(path, migrations.slice(0, 1));
  const insert = before.prepare("INSERT INTO resource (kind, id, account, region, version, body) VALUES (?, ?, 'a', 'r', 1, ?)");
  for (const kind of ['ec2/vpc', 'ec2/subnet', 'ec2/network-interface', 'elbv2/rule', 'ec2/network-acl']) insert.run(kind, kind, JSON.stringify({ kept: kind }));
  before.close();
  const after = openDatabase(path);
  const bodies = after.prepare('SELECT body FROM resource ORDER BY sequence').all().map(({ body }) => JSON.parse(String(body)) as unknown);
  after.close();
  assert.deepEqual(bodies, [
    { kept: 'ec2/vpc', ipv6Associations: [] }, { kept: 'ec2/subnet', ipv6Associations: [] }, { kept: 'ec2/network-interface', ipv6Addresses: [], clientToken: null }, { kept: 'elbv2/rule' },
    { kept: 'ec2/network-acl', subnetIds: [], entries: ALLOW_ALL, clientToken: null },
  ]);
});

test('versions, deployments and resources of EC2 of before get the members that they have today, and keep those that they have', () => {
  const path = join(folder, 'members.db');
  const before = openDatabase(path, migrations.slice(0, 3));
  const insert = before.prepare("INSERT INTO resource (kind, id, account, region, version, body) VALUES (?, ?, 'a', 'r', 1, ?)");
  const token = { token: 't', digest: 'd' };
  [['lambda/version', { description: 'one' }], ['lambda/version', { description: 'two', functionDescription: 'three' }], ['apigatewayv2/deployment', {}], ['ec2/nat-gateway', {}], ['ec2/route-table', { clientToken: token }]]
    .forEach(([kind, body], at) => insert.run(kind as string, String(at), JSON.stringify(body)));
  before.close();
  const after = openDatabase(path);
  const bodies = after.prepare('SELECT body FROM resource ORDER BY sequence').all().map(({ body }) => JSON.parse(String(body)) as unknown);
  after.close();
  assert.deepEqual(bodies, [
    { description: 'one', functionDescription: 'one' }, { description: 'two', functionDescription: 'three' }, { deploymentStatusMessage: null }, { clientToken: null }, { clientToken: token },
  ]);
});

test('10,000 rows load in well under a second', async (t) => {
  const path = join(folder, 'big.db');
  const store = sqliteStore({ path, clock: systemClock });
  await store.transact((tx) => {
    for (let i = 0; i < 10_000; i++) put(tx, `arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/big/0123456789abcdef/${i}`, `listener-${i % 10}`);
  });
  store.close();
  const before = performance.now();
  const again = sqliteStore({ path, clock: systemClock });
  const took = performance.now() - before;
  t.diagnostic(`10,000 rows loaded in ${took.toFixed(0)} ms`);
  assert.equal(again.world.list(RULE).length, 10_000);
  assert.equal(again.world.children(RULE, 'listener-3').length, 1000);
  assert.ok(took < 3000, `${took} ms`);
  again.close();
});
