import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { faults } from '../../data-plane/exchange/index.ts';
import { ExampleExchange, exampleDownstream, exampleRoute } from '../example-exchange.ts';
import { exposition } from './exposition.ts';
import { HISTOGRAM_BUCKETS, bucketOf, lowerBound, percentile } from './histogram.ts';
import { createSlab, type SlabShape } from './layout.ts';
import { Meter } from './meter.ts';
import { MetricsReader } from './metrics-reader.ts';

const shape: SlabShape = { balancers: 2, pools: 2 };

function exchange(values: Partial<ExampleExchange>): ExampleExchange {
  return Object.assign(new ExampleExchange(exampleDownstream), {
    startedAt: 100, sentAt: 101, answeredAt: 104, endedAt: 105, status: 200, targetStatus: 200, pool: 'p', bytesIn: 10, bytesOut: 20,
    route: exampleRoute(1, 'forward'), ...values,
  });
}

describe('a histogram', () => {
  it('has buckets without gaps', () => {
    for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
      assert.equal(bucketOf(lowerBound(bucket) / 1000), bucket);
      assert.ok(lowerBound(bucket + 1) > lowerBound(bucket));
    }
  });

  it('knows a value to within an eighth, and takes any', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5e6, noNaN: true }), (ms) => {
        const bucket = bucketOf(ms);
        assert.ok(bucket >= 0 && bucket < HISTOGRAM_BUCKETS);
        if (ms < 4_294_967) assert.ok(lowerBound(bucket) <= ms * 1000 && ms * 1000 < lowerBound(bucket + 1), `${ms}`);
      }),
    );
    assert.equal(bucketOf(-3), 0);
    assert.equal(bucketOf(Number.NaN), 0);
    assert.equal(bucketOf(Infinity), HISTOGRAM_BUCKETS - 1);
  });

  it('answers percentiles', () => {
    const buckets = Array.from({ length: HISTOGRAM_BUCKETS }, () => 0);
    for (let ms = 1; ms <= 1000; ms++) buckets[bucketOf(ms)]!++;
    const histogram = { buckets, count: 1000, sum: 500.5 };
    for (const quantile of [0.5, 0.9, 0.99]) {
      const value = percentile(histogram, quantile)!;
      assert.ok(Math.abs(value / quantile - 1) < 0.07, `${quantile}: ${value}`);
    }
    assert.equal(percentile({ buckets, count: 0, sum: 0 }, 0.5), null);
  });
});

describe('metrics', () => {
  it('sum over workers, and stay over the restart of one', () => {
    const reader = new MetricsReader(shape);
    const slabs = [createSlab(shape), createSlab(shape)];
    const meters = slabs.map((slab) => new Meter(slab, shape));
    slabs.forEach((slab, worker) => reader.attach(worker, slab));
    for (const [worker, meter] of meters.entries()) {
      for (let i = 0; i <= worker; i++) {
        meter.balancer(1).connectionOpened();
        meter.balancer(1).ended(exchange({}));
        meter.pool(0).ended(exchange({}));
      }
    }
    meters[0]!.balancer(1).connectionClosed();
    const before = reader.balancer(1);
    assert.deepEqual([before.requests, before.routed, before.bytesIn, before.bytesOut, before.connectionsActive], [3, 3, 30, 60, 2]);
    assert.equal(reader.balancer(0).requests, 0);
    assert.equal(reader.pool(0).responseTime.count, 3);

    reader.attach(1, createSlab(shape));
    const after = reader.balancer(1);
    assert.deepEqual([after.requests, after.bytesIn, after.duration.count], [3, 30, 3]);
    assert.equal(after.connectionsActive, 0, 'connections of a dead worker are gone');
    assert.equal(after.connectionsOpened, 3);
  });

  it('tell whose answer it was', () => {
    const reader = new MetricsReader(shape);
    const slab = createSlab(shape);
    reader.attach(7, slab);
    const meter = new Meter(slab, shape);
    const [balancer, pool] = [meter.balancer(0), meter.pool(1)];
    const answers = [
      exchange({}),
      exchange({ status: 404, targetStatus: 404 }),
      exchange({ status: 502, targetStatus: 0, answeredAt: 0, sentAt: 0, fault: faults['connect-refused'] }),
      exchange({ status: 504, targetStatus: 0, answeredAt: 0, fault: faults['upstream-timeout'] }),
    ];
    for (const each of answers) {
      balancer.ended(each);
      pool.ended(each);
    }
    balancer.ended(exchange({ pool: '', status: 404, targetStatus: 0, route: exampleRoute(0, 'fixed-response') }));
    balancer.ended(exchange({ pool: '', status: 301, targetStatus: 0, route: exampleRoute(2, 'redirect') }));
    balancer.ended(exchange({ pool: '', status: 400, targetStatus: 0, route: null, fault: faults['bad-request'] }));
    balancer.connectionRefused(null);
    balancer.connectionRefused(faults['too-many-connections']);
    balancer.linesDropped(5);
    balancer.writeFailed();
    const b = reader.balancer(0);
    assert.deepEqual([b.requests, b.routed, b.elb3xx, b.elb4xx, b.elb5xx, b.fixedResponses, b.redirects], [7, 4, 1, 2, 2, 1, 1]);
    assert.deepEqual([...b.elbCodes], [[400, 1], [404, 1], [502, 1], [504, 1]]);
    assert.deepEqual([...b.faults].map(([code, count]) => `${code} ${count}`).sort(), ['bad-request 1', 'connect-refused 1', 'too-many-connections 1', 'upstream-timeout 1']);
    assert.deepEqual([b.tlsErrors, b.connectionsRejected, b.logLinesDropped, b.logWriteErrors], [1, 1, 5, 1]);
    const p = reader.pool(1);
    assert.deepEqual([p.requests, p.target2xx, p.target4xx, p.target5xx, p.connectionErrors, p.faults, p.responseTime.count], [4, 1, 1, 0, 1, 2, 2]);
  });

  it('count in a spare slot what has none', () => {
    const reader = new MetricsReader(shape);
    const slab = createSlab(shape);
    reader.attach(0, slab);
    assert.equal(reader.overflowed, false);
    new Meter(slab, shape).balancer(undefined).ended(exchange({}));
    new Meter(slab, shape).pool(99).ended(exchange({}));
    assert.equal(reader.overflowed, true);
    assert.deepEqual([0, 1].map((slot) => [reader.balancer(slot).requests, reader.pool(slot).requests]), [[0, 0], [0, 0]]);
  });

  it('start at zero for the next owner of a slot', () => {
    const reader = new MetricsReader(shape);
    const slab = createSlab(shape);
    reader.attach(0, slab);
    const meter = new Meter(slab, shape).balancer(0);
    meter.connectionOpened();
    meter.connectionOpened();
    meter.connectionClosed();
    meter.ended(exchange({}));
    reader.forget('balancer', 0);
    assert.deepEqual([reader.balancer(0).requests, reader.balancer(0).duration.count, reader.balancer(0).connectionsActive], [0, 0, 1]);
    meter.ended(exchange({}));
    assert.equal(reader.balancer(0).requests, 1);
  });

  it('refuse a slab of another shape', () => {
    const slab = createSlab({ balancers: 1, pools: 1 });
    assert.throws(() => new Meter(slab, shape), /createSlab of the same shape/);
    assert.throws(() => new MetricsReader(shape).attach(3, slab), /worker 3/);
  });

  it('read as Prometheus text', () => {
    const reader = new MetricsReader(shape);
    const slab = createSlab(shape);
    reader.attach(0, slab);
    const meter = new Meter(slab, shape);
    for (const status of [200, 503]) {
      const each = exchange({ status, targetStatus: status });
      meter.balancer(0).ended(each);
      meter.pool(0).ended(each);
    }
    meter.balancer(0).ended(exchange({ status: 503, targetStatus: 0, pool: '', fault: faults['no-healthy-target'] }));
    const text = exposition(reader, { balancers: new Map([['app/my"lb\\/1', 0]]), pools: new Map([['targetgroup/t/1', 0]]) });
    const lines = text.split('\n');
    for (const expected of [
      'turnpike_requests_total{load_balancer="app/my\\"lb\\\\/1"} 3',
      'turnpike_elb_responses_total{load_balancer="app/my\\"lb\\\\/1",code="5XX"} 1',
      'turnpike_elb_response_codes_total{load_balancer="app/my\\"lb\\\\/1",code="503"} 1',
      'turnpike_faults_total{load_balancer="app/my\\"lb\\\\/1",fault="no-healthy-target"} 1',
      'turnpike_target_responses_total{target_group="targetgroup/t/1",code="5XX"} 1',
      'turnpike_target_response_time_seconds_bucket{target_group="targetgroup/t/1",le="0.002048"} 0',
      'turnpike_target_response_time_seconds_bucket{target_group="targetgroup/t/1",le="0.004096"} 2',
      'turnpike_target_response_time_seconds_bucket{target_group="targetgroup/t/1",le="+Inf"} 2',
      'turnpike_target_response_time_seconds_sum{target_group="targetgroup/t/1"} 0.006',
      'turnpike_target_response_time_seconds_count{target_group="targetgroup/t/1"} 2',
    ]) {
      assert.ok(lines.includes(expected), `${expected}\nin\n${text}`);
    }
    assert.ok(text.endsWith('\n'));
    // every line is a comment or a sample; every sample's family was announced once
    const announced = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]!);
    assert.equal(new Set(announced).size, announced.length);
    for (const line of lines.filter((each) => each !== '' && !each.startsWith('#'))) {
      assert.match(line, /^[a-z_]+\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="[^"]*")*\} [0-9.e+-]+$/);
    }
  });
});
