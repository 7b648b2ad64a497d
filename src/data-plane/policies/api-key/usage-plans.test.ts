import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyDigest, planBucket, useKey, type UsagePlan } from '../../../snapshot/index.ts';
import { allocateBuckets, allocateUsage, TokenBuckets, UsageCounters } from '../../ledger/index.ts';
import { LinkedPlan, UsagePlans } from './usage-plans.ts';

const DAY_MS = 86_400_000;
const KEYS = { source: 'header', plans: ['p', 'q'] } as const;
const VALUE = 'a-value-of-twenty-characters';
const plan = (more: Partial<UsagePlan> = {}): UsagePlan => ({ id: 'p', throttle: null, quota: null, routes: [], keys: [{ id: 'k', digest: keyDigest(VALUE) }], ...more });
const ROUTE = { stage: 's', route: 'GET /a' };
const SLOTS = { buckets: new Map([[planBucket('p', 'k', null), 0], [planBucket('p', 'k', ROUTE), 1]]), uses: new Map([[useKey('p', 'k'), 0]]) };

function plans(): UsagePlans {
  return new UsagePlans({ buckets: new TokenBuckets(allocateBuckets(2)), usage: new UsageCounters(allocateUsage(1)) });
}

test('a value is known by the plans of its stage, as they are now', () => {
  const all = plans();
  assert.equal(all.find(KEYS, VALUE), null);
  all.put(plan(), SLOTS);
  for (let time = 0; time < 2; time++) assert.equal(all.find(KEYS, VALUE)?.id, 'k');
  assert.equal(all.find({ source: 'header', plans: ['q'] }, VALUE), null);
  for (const wrong of [null, '', `${VALUE}x`, 'k', keyDigest(VALUE), 'x'.repeat(100_000)]) assert.equal(all.find(KEYS, wrong), null);
  all.put(plan({ keys: [] }), SLOTS);
  assert.equal(all.find(KEYS, VALUE), null);
  all.put(plan(), SLOTS);
  assert.equal(all.find(KEYS, VALUE)?.id, 'k');
  all.delete('p');
  assert.equal(all.find(KEYS, VALUE), null);
});

test('a value that was found once is known without its digest from then on, until the plan changes; one that was not is never', () => {
  const linked = new LinkedPlan(plan(), SLOTS);
  assert.equal(linked.known(VALUE), null);
  const holder = linked.find(VALUE, keyDigest(VALUE));
  assert.equal(holder?.id, 'k');
  assert.equal(linked.known(VALUE), holder);
  assert.equal(linked.find('wrong', keyDigest('wrong')), null);
  assert.equal(linked.known('wrong'), null);
  const all = plans();
  all.put(plan(), SLOTS);
  const found = all.find(KEYS, VALUE)!;
  assert.equal(found.plan.known(VALUE), found);
  all.put(plan(), SLOTS);
  assert.notEqual(all.find(KEYS, VALUE), found);
});

test('the throttle of a route stands in place of that of the plan, and what is throttled uses nothing up', () => {
  const all = plans();
  all.put(plan({ throttle: { rate: 0.001, burst: 2 }, routes: [{ ...ROUTE, rate: 0.001, burst: 1 }], quota: { limit: 5, period: 'DAY', offset: 0 } }), SLOTS);
  const holder = all.find(KEYS, VALUE)!;
  const ask = (route: string, times: number) => Array.from({ length: times }, () => all.admit(holder, { stage: 's', route, now: DAY_MS * 100 }));
  assert.deepEqual(ask('GET /a', 3), ['in', 'throttled', 'throttled']);
  assert.deepEqual(ask('GET /b', 4), ['in', 'in', 'throttled', 'throttled']);
});

test('a quota is that of the day of the request', () => {
  const all = plans();
  all.put(plan({ quota: { limit: 2, period: 'DAY', offset: 0 } }), SLOTS);
  const holder = all.find(KEYS, VALUE)!;
  const ask = (day: number) => all.admit(holder, { stage: 's', route: 'r', now: DAY_MS * day });
  assert.deepEqual([ask(100), ask(100), ask(100), ask(101), ask(101), ask(101)], ['in', 'in', 'exceeded', 'in', 'in', 'exceeded']);
});

test('a key that has no place to be counted in is refused where there is a quota', () => {
  const all = plans();
  all.put(plan({ quota: { limit: 2, period: 'DAY', offset: 0 } }), { buckets: new Map(), uses: new Map() });
  assert.equal(all.admit(all.find(KEYS, VALUE)!, { stage: 's', route: 'r', now: DAY_MS }), 'exceeded');
  all.put(plan(), { buckets: new Map(), uses: new Map() });
  assert.equal(all.admit(all.find(KEYS, VALUE)!, { stage: 's', route: 'r', now: DAY_MS }), 'in');
});
