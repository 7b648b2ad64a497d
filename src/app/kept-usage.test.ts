import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { allocateUsage, UsageCounters } from '../data-plane/ledger/index.ts';
import { FakeClock } from '../kernel/index.ts';
import { dayOf, periodStart, type Quota, type UsagePlan } from '../snapshot/index.ts';
import { KeptUsage } from './kept-usage.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-usage-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const WEEK: Quota = { limit: 10, period: 'WEEK', offset: 0 };
const plan = (quota: Quota | null, ...keys: readonly string[]): UsagePlan => ({ id: 'p', throttle: null, quota, routes: [], keys: keys.map((id) => ({ id, digest: id })) });
const SLOTS = new Map([['p/k', 0], ['p/l', 1]]);

function book(name: string, clock: FakeClock) {
  const counters = new UsageCounters(allocateUsage(2));
  const failures: Error[] = [];
  return { counters, failures, kept: new KeptUsage({ path: join(folder, name), clock, counters, failed: (error) => failures.push(error) }) };
}

const all = { from: 0, to: 1e6 };

test('what was used is kept by day, with what was left, and goes on after a restart', async () => {
  const clock = new FakeClock();
  const today = dayOf(clock.now());
  const period = periodStart(WEEK, today);
  const before = book('restart', clock);
  before.kept.count([plan(WEEK, 'k')], SLOTS);
  for (let i = 0; i < 4; i++) before.counters.take(0, period, 10);
  // a second, and the process is killed: nothing is closed
  clock.advance(1000);
  assert.equal(statSync(join(folder, 'restart')).mode & 0o777, 0o600);
  const next = book('restart', clock);
  next.kept.count([plan(WEEK, 'k', 'l')], SLOTS);
  assert.deepEqual(next.counters.read(0), { used: 4, period, granted: 0, total: 0 });
  assert.deepEqual(next.counters.read(1).used, 0);
  assert.equal(Array.from({ length: 20 }, () => next.counters.take(0, period, 10)).filter(Boolean).length, 6);
  clock.advance(86_400_000);
  next.counters.take(0, period + 7, 10);
  assert.deepEqual(next.kept.days('p', 'k', all).map(({ used, left }) => [used, left]), [[10, 0], [1, 9]]);
  assert.deepEqual(next.kept.days('p', 'k', { from: today, to: today }).map((day) => day.day), [today]);
  assert.deepEqual(next.kept.days('p', 'l', all), []);
  next.kept.close();
  before.kept.close();
  assert.deepEqual([...before.failures, ...next.failures], []);
});

test('more that is granted is kept at once, whether or not anybody counts yet', async () => {
  const clock = new FakeClock();
  const period = periodStart(WEEK, dayOf(clock.now()));
  const one = book('granted', clock);
  await one.kept.setLeft({ plan: 'p', key: 'k', quota: WEEK }, 12);
  one.kept.count([plan(WEEK, 'k')], SLOTS);
  const take = ({ counters }: ReturnType<typeof book>): number => Array.from({ length: 50 }, () => counters.take(0, period, 10)).filter(Boolean).length;
  assert.equal(take(one), 12);
  await one.kept.setLeft({ plan: 'p', key: 'k', quota: WEEK }, 3);
  assert.deepEqual(one.kept.days('p', 'k', all).map(({ used, left }) => [used, left]), [[12, 3]]);
  const other = book('granted', clock);
  other.kept.count([plan(WEEK, 'k')], SLOTS);
  assert.equal(take(other), 3);
  one.kept.close();
  other.kept.close();
});

test('what could not be kept when plans change is kept later', () => {
  const clock = new FakeClock();
  const period = periodStart(WEEK, dayOf(clock.now()));
  const { kept, counters, failures } = book('later', clock);
  kept.count([plan(WEEK, 'k')], SLOTS);
  for (let i = 0; i < 3; i++) counters.take(0, period, 10);
  const other = new DatabaseSync(join(folder, 'later'));
  other.exec('ALTER TABLE day RENAME TO away');
  kept.count([plan({ ...WEEK, limit: 20 }, 'k', 'l')], SLOTS);
  assert.equal(failures.length, 1);
  other.exec('ALTER TABLE away RENAME TO day');
  other.close();
  assert.deepEqual(kept.days('p', 'k', all).map(({ used, left }) => [used, left]), [[3, 17]]);
  kept.close();
});

test('a file that another has locked when counting begins is as it was, and what was used meanwhile is added to it', async () => {
  const clock = new FakeClock();
  const period = periodStart(WEEK, dayOf(clock.now()));
  const before = book('locked', clock);
  before.kept.count([plan(WEEK, 'k')], SLOTS);
  for (let i = 0; i < 4; i++) before.counters.take(0, period, 10);
  before.kept.close();
  const other = new DatabaseSync(join(folder, 'locked'));
  other.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  const { kept, counters, failures } = book('locked', clock);
  kept.count([plan(WEEK, 'k', 'l')], SLOTS);
  for (let i = 0; i < 3; i++) counters.take(0, period, 10);
  clock.advance(9_000);
  assert.deepEqual(failures.map(({ message }) => message.replace(folder, '')), ['What API keys have used is not kept in /locked: database is locked. It is tried again every 10 s, and nothing that is there is lost']);
  await assert.rejects(kept.setLeft({ plan: 'p', key: 'k', quota: WEEK }, 5), /locked/, 'what is acknowledged is kept');
  assert.equal(existsSync(join(folder, 'locked.damaged')), false);
  other.exec('COMMIT');
  other.close();
  clock.advance(10_000);
  assert.deepEqual(counters.read(0), { used: 7, period, granted: 0, total: 3 });
  assert.deepEqual(kept.days('p', 'k', all).map(({ used, left }) => [used, left]), [[7, 3]]);
  kept.close();
  const next = book('locked', clock);
  next.kept.count([plan(WEEK, 'k')], SLOTS);
  assert.equal(next.counters.read(0).used, 7);
  next.kept.close();
});

test('of what ends the transaction itself, as a full disk does, the reason is told, and it is kept later', () => {
  const clock = new FakeClock();
  const period = periodStart(WEEK, dayOf(clock.now()));
  const { kept, counters, failures } = book('full', clock);
  kept.count([plan(WEEK, 'k')], SLOTS);
  const other = new DatabaseSync(join(folder, 'full'));
  other.exec("CREATE TRIGGER full BEFORE INSERT ON day BEGIN SELECT RAISE(ROLLBACK, 'there is no room'); END");
  counters.take(0, period, 10);
  clock.advance(1_000);
  assert.match(failures.map(({ message }) => message).join(), /^What API keys have used is not kept in .*: there is no room\. /);
  other.exec('DROP TRIGGER full');
  other.close();
  assert.deepEqual(kept.days('p', 'k', all).map(({ used, left }) => [used, left]), [[1, 9]]);
  kept.close();
});

test('a key that leaves its plan and comes back has not lost what it had used; what is older than ninety days is forgotten', () => {
  const clock = new FakeClock();
  const period = periodStart(WEEK, dayOf(clock.now()));
  const { kept, counters } = book('back', clock);
  kept.count([plan(WEEK, 'k')], SLOTS);
  for (let i = 0; i < 3; i++) counters.take(0, period, 10);
  kept.count([], new Map());
  counters.clear(0);
  kept.count([plan(WEEK, 'k')], SLOTS);
  assert.equal(counters.read(0).used, 3);
  kept.count([], new Map());
  kept.count([plan(WEEK, 'k')], SLOTS);
  assert.equal(counters.read(0).used, 3, 'nor used it twice where its slot was still its own');
  // nobody counts meanwhile, which would look every second
  kept.count([], new Map());
  clock.advance(91 * 86_400_000);
  assert.deepEqual(kept.days('p', 'k', all), []);
  kept.close();
});

test('without keys there is no file; one that is damaged is put aside and told of', () => {
  const clock = new FakeClock();
  const idle = book('idle', clock);
  idle.kept.count([], new Map());
  idle.kept.close();
  assert.equal(existsSync(join(folder, 'idle')), false);
  writeFileSync(join(folder, 'damaged'), 'this is no database, however long it is read '.repeat(100));
  const { kept, failures, counters } = book('damaged', clock);
  kept.count([plan(WEEK, 'k')], SLOTS);
  counters.take(0, periodStart(WEEK, dayOf(clock.now())), 10);
  assert.deepEqual(kept.days('p', 'k', all).map(({ used, left }) => [used, left]), [[1, 9]]);
  assert.match(failures.map(({ message }) => message).join(), /damaged\.damaged now, and what API keys have used is counted from nothing/);
  assert.ok(existsSync(join(folder, 'damaged.damaged')));
  kept.close();
});
