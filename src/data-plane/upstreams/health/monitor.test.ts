import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, seededRandom, type Random } from '../../../kernel/index.ts';
import { PLAIN_BALANCE, type Endpoint, type FunctionPool, type HealthCheck, type HttpPool, type Pool } from '../../../snapshot/index.ts';
import { allocateLedger, endpointKey, HEALTHY, Ledger, SlotDirectory, UNHEALTHY, UNKNOWN } from '../../ledger/index.ts';
import { HealthMonitor, type TargetReport } from './monitor.ts';
import type { CheckOutcome } from './verdict.ts';

const check: HealthCheck = {
  protocol: 'http', version: 'http1', port: null, path: '/health', matcher: [{ from: 200, to: 299 }], intervalMs: 10_000, timeoutMs: 5000, healthyThreshold: 3, unhealthyThreshold: 2,
};

function endpoint(address: string, changes: Partial<Endpoint> = {}): Endpoint {
  return { target: address, address, port: 80, zone: 'a', unusable: null, drainingUntil: null, ...changes };
}

function pool(endpoints: readonly Endpoint[], health: HealthCheck = check): HttpPool {
  return { kind: 'http', id: 'pool', label: 'pool', protocol: 'http', version: 'http1', endpoints, balance: PLAIN_BALANCE, health, drainMs: 0 };
}

const OK: CheckOutcome = { kind: 'status', status: 200 };
const ERROR: CheckOutcome = { kind: 'status', status: 500 };
/** No jitter: everything is due as late as it may be. */
const late: Random = { ...seededRandom(1), number: () => 0.999_999 };

/** A monitor whose targets answer what `answers` says (null: never). */
function setting(options: { random?: Random; concurrency?: number } = {}) {
  const clock = new FakeClock();
  const ledger = new Ledger(allocateLedger({ endpoints: 4096, counters: 1 }));
  const directory = new SlotDirectory({ clock, capacity: 4096, graceMs: 0, clear: (slot) => ledger.setHealth(slot, UNKNOWN) });
  const reports: TargetReport[] = [];
  const asked: { at: string; when: number }[] = [];
  const answers = new Map<string, CheckOutcome | null>();
  let open = 0;
  let mostOpen = 0;
  const answer = (name: string, done: (outcome: CheckOutcome) => void): (() => void) => {
    asked.push({ at: name, when: clock.monotonic() });
    mostOpen = Math.max(mostOpen, ++open);
    let over = false;
    const outcome = answers.get(name) ?? (answers.has(name) ? null : OK);
    const timer = outcome === null ? null : clock.after(10, () => {
      over = true;
      open--;
      done(outcome);
    });
    return () => {
      if (over) return;
      over = true;
      open--;
      timer?.cancel();
    };
  };
  const make = (): HealthMonitor => new HealthMonitor({
    clock, ledger, random: options.random ?? late, ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    onChange: (report) => reports.push(report),
    probe: ({ address, port }, _check, done) => answer(`${address}:${port}`, done),
    probeFunction: ({ functionArn }, _check, done) => answer(functionArn ?? '', done),
  });
  const monitor = make();
  const slotOf = (of: HttpPool, index = 0): number => directory.assign(of.endpoints.map((each) => endpointKey(of, each))).slots.get(endpointKey(of, of.endpoints[index]!))!;
  const update = (pools: readonly Pool[], to = monitor): void =>
    to.update(pools, directory.assign(pools.flatMap((each) => (each.kind === 'http' ? each.endpoints.map((one) => endpointKey(each, one)) : []))).slots);
  const told = (): string[] => reports.splice(0).map(({ target, health }) => `${target} ${health === null ? 'gone' : `${health.state} ${health.reason ?? '-'}: ${health.description ?? '-'}`}`);
  return { clock, ledger, monitor, make, update, told, asked, answers, slotOf, open: () => open, mostOpen: () => mostOpen };
}

test('a new target is being registered, then checked, and healthy after one success', () => {
  const { clock, ledger, update, told, slotOf } = setting();
  const one = pool([endpoint('10.0.0.1')]);
  update([one]);
  assert.deepEqual(told(), ['10.0.0.1 initial Elb.RegistrationInProgress: Target registration is in progress']);
  clock.advance(2);
  assert.deepEqual(told(), ['10.0.0.1 initial Elb.InitialHealthChecking: Initial health checks in progress']);
  assert.equal(ledger.health(slotOf(one)), UNKNOWN);
  clock.advance(10);
  assert.deepEqual(told(), ['10.0.0.1 healthy -: -']);
  assert.equal(ledger.health(slotOf(one)), HEALTHY);
});

test('failures in a row make it unhealthy, successes in a row healthy again, and the reason is of the last failure', () => {
  const { clock, ledger, update, told, slotOf, answers } = setting();
  const one = pool([endpoint('10.0.0.1')]);
  update([one]);
  clock.advance(1000);
  told();
  answers.set('10.0.0.1:80', ERROR);
  clock.advance(10_000);
  assert.deepEqual(told(), []);
  answers.set('10.0.0.1:80', OK);
  clock.advance(10_000);
  answers.set('10.0.0.1:80', ERROR);
  clock.advance(10_000);
  assert.deepEqual(told(), [], 'the success between begins the count anew');
  clock.advance(10_000);
  assert.deepEqual(told(), ['10.0.0.1 unhealthy Target.ResponseCodeMismatch: Health checks failed with these codes: [500]']);
  assert.equal(ledger.health(slotOf(one)), UNHEALTHY);
  answers.set('10.0.0.1:80', null);
  clock.advance(15_000);
  assert.deepEqual(told(), ['10.0.0.1 unhealthy Target.Timeout: Request timed out']);
  answers.set('10.0.0.1:80', { kind: 'failed', why: 'refused' });
  clock.advance(10_000);
  assert.deepEqual(told(), ['10.0.0.1 unhealthy Target.FailedHealthChecks: Health checks failed']);
  answers.set('10.0.0.1:80', OK);
  clock.advance(20_000);
  assert.deepEqual(told(), []);
  clock.advance(10_000);
  assert.deepEqual(told(), ['10.0.0.1 healthy -: -']);
  assert.equal(ledger.health(slotOf(one)), HEALTHY);
});

test('a target that never answered becomes unhealthy by the threshold, from initial', () => {
  const { clock, update, told, answers } = setting();
  answers.set('10.0.0.1:80', ERROR);
  update([pool([endpoint('10.0.0.1')])]);
  clock.advance(9000);
  assert.equal(told().length, 2);
  clock.advance(10_000);
  assert.deepEqual(told(), ['10.0.0.1 unhealthy Target.ResponseCodeMismatch: Health checks failed with these codes: [500]']);
});

test('the answer of a target does not move the next check', () => {
  const { clock, update, asked, answers } = setting();
  answers.set('10.0.0.1:80', null);
  update([pool([endpoint('10.0.0.1')])]);
  clock.advance(45_000);
  const times = asked.map(({ when }) => Math.round(when));
  assert.deepEqual(times, [2, 10_002, 20_002, 30_002, 40_002]);
});

test('unchanged targets keep their verdict, count and rhythm over updates; nothing is asked at once', () => {
  const { clock, update, told, asked, answers } = setting();
  answers.set('10.0.0.1:80', ERROR);
  update([pool([endpoint('10.0.0.1')])]);
  clock.advance(5000);
  told();
  for (let i = 0; i < 20; i++) update([pool([endpoint('10.0.0.1')], { ...check, timeoutMs: 4000 + i })]);
  assert.equal(asked.length, 1);
  assert.deepEqual(told(), []);
  clock.advance(5100);
  assert.equal(asked.length, 2);
  assert.deepEqual(told(), ['10.0.0.1 unhealthy Target.ResponseCodeMismatch: Health checks failed with these codes: [500]']);
});

test('a check that asks something else begins anew', () => {
  const { clock, ledger, update, told, slotOf } = setting();
  update([pool([endpoint('10.0.0.1')])]);
  clock.advance(100);
  told();
  const changed = pool([endpoint('10.0.0.1')], { ...check, path: '/other' });
  update([changed]);
  assert.deepEqual(told(), ['10.0.0.1 initial Elb.RegistrationInProgress: Target registration is in progress']);
  assert.equal(ledger.health(slotOf(changed)), UNKNOWN);
  clock.advance(100);
  assert.deepEqual(told().at(-1), '10.0.0.1 healthy -: -');
});

test('draining, unusable and removed targets are told and not asked', () => {
  const { clock, ledger, update, told, asked, slotOf, open, answers } = setting();
  const both = pool([endpoint('10.0.0.1'), endpoint('10.0.0.2', { unusable: 'Target.IpUnusable' })]);
  update([both]);
  clock.advance(100);
  told();
  const slot = slotOf(both);
  answers.set('10.0.0.1:80', null);
  clock.advance(10_000);
  assert.equal(open(), 1);
  update([pool([endpoint('10.0.0.1', { drainingUntil: 1 }), endpoint('10.0.0.3', { address: null, unusable: 'Target.InvalidState' })])]);
  assert.equal(open(), 0);
  assert.deepEqual(told(), [
    '10.0.0.1 draining Target.DeregistrationInProgress: Target deregistration is in progress',
    '10.0.0.3 unused Target.InvalidState: Target is in an invalid state',
    '10.0.0.2 gone',
  ]);
  assert.equal(ledger.health(slot), UNKNOWN);
  update([]);
  assert.deepEqual(told(), ['10.0.0.1 gone', '10.0.0.3 gone']);
  const before = asked.length;
  clock.advance(100_000);
  assert.equal(asked.length, before);
});

test('thousands of new targets: bounded, spread, and not in step afterwards', () => {
  const { clock, update, asked, mostOpen } = setting({ random: seededRandom(7), concurrency: 20 });
  const endpoints = Array.from({ length: 2000 }, (_, i) => endpoint(`10.0.${i >> 8}.${i & 255}`));
  update([pool(endpoints)]);
  clock.advance(5000);
  assert.equal(asked.length, 2000);
  assert.ok(mostOpen() <= 20);
  const busiest = Math.max(...Map.groupBy(asked, ({ when }) => Math.floor(when / 100)).values().map((all) => all.length));
  assert.ok(busiest < 200, `at most ${busiest} checks in 100 ms`);
  asked.length = 0;
  clock.advance(20_000);
  const later = asked.filter(({ when }) => when >= 15_000 && when < 25_000);
  assert.ok(later.length >= 1900 && later.length <= 2100, `${later.length} checks in an interval`);
});

test('a function is asked through the callback; without checks, or refused, it is not', () => {
  const { clock, update, told, asked, answers } = setting();
  const of = (functionArn: string, changes: Partial<FunctionPool> = {}): FunctionPool =>
    ({ kind: 'function', id: functionArn, label: 'f', functionArn, refused: null, multiValueHeaders: false, health: check, ...changes });
  answers.set('f1', ERROR);
  update([of('f1'), of('f2', { health: null }), of('f3', { refused: 'no permission' }), of('f4', { functionArn: null })]);
  clock.advance(20_000);
  assert.deepEqual([...new Set(asked.map(({ at }) => at))], ['f1']);
  const all = told();
  assert.ok(all.includes('f2 unavailable Target.HealthCheckDisabled: Health checks are not enabled for this target'));
  assert.ok(all.includes('f3 unhealthy Target.FailedHealthChecks: Health checks failed'));
  assert.equal(all.at(-1), 'f1 unhealthy Target.ResponseCodeMismatch: Health checks failed with these codes: [500]');
  assert.ok(!all.some((line) => line.startsWith('f4')));
});

test('who watches next goes on from the ledger', () => {
  const { clock, ledger, monitor, make, update, told, slotOf, open } = setting();
  const one = pool([endpoint('10.0.0.1')]);
  update([one]);
  clock.advance(100);
  monitor.stop();
  assert.equal(open(), 0);
  assert.equal(ledger.health(slotOf(one)), HEALTHY);
  told();
  update([one], make());
  assert.deepEqual(told(), ['10.0.0.1 healthy -: -']);
  assert.equal(ledger.health(slotOf(one)), HEALTHY);
});

test('a probe that throws is a failed check', () => {
  const clock = new FakeClock();
  const reports: TargetReport[] = [];
  const monitor = new HealthMonitor({
    clock, random: late, ledger: new Ledger(allocateLedger({ endpoints: 1, counters: 1 })), onChange: (report) => reports.push(report),
    probe: () => {
      throw new Error('no such port');
    },
    probeFunction: () => () => {},
  });
  monitor.update([pool([endpoint('10.0.0.1')])], new Map());
  clock.advance(30_000);
  assert.equal(reports.at(-1)!.health!.reason, 'Target.FailedHealthChecks');
});
