/**
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format; what is counted is what CloudWatch counts:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readExposition, type Family } from '../../support/exposition-text.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { get, Installation, says, type Balancer } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
let group: string;
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer();
  const target = await installation.target((request, response) => {
    response.statusCode = Number(/^\/(\d{3})$/.exec(request.url!)?.[1] ?? 200);
    response.end('target');
  });
  group = await installation.group([target.port]);
  const door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: group });
  const path = (value: string): readonly object[] => [{ Field: 'path-pattern', Values: [value] }];
  await installation.rule(door, 1, { when: path('/fixed'), action: says('fixed', '418') });
  await installation.rule(door, 2, { when: path('/moved'), action: { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Path: '/elsewhere' } } });
  await installation.rule(door, 3, { when: path('/nobody'), action: { Type: 'forward', TargetGroupArn: await installation.group([]) } });
  await installation.rule(door, 4, { when: path('/dead'), action: { Type: 'forward', TargetGroupArn: await installation.group([await freePort()]) } });
  for (const asked of ['/200', '/200', '/404', '/500', '/fixed', '/moved', '/nobody', '/dead']) await get(door.port, { path: asked });
  // a malformed request has no route
  await get(door.port, { headers: 'bad header\r\n' });
});
after(() => installation[Symbol.asyncDispose]());

async function scraped(): Promise<ReadonlyMap<string, Family>> {
  const answer = await fetch(`${installation.system.endpointUrl}/_admin/metrics`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type')!, /^text\/plain; version=0\.0\.4(?:; charset=utf-8)?$/);
  return readExposition(await answer.text());
}

/** Of the balancer, or the group, what a family says; with these labels besides. */
function value(families: ReadonlyMap<string, Family>, name: string, labels: Readonly<Record<string, string>>): number | undefined {
  const found = families.get(name)?.samples.filter((sample) => Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted)) ?? [];
  assert.ok(found.length <= 1, `${name} ${JSON.stringify(labels)} is ${found.length} samples`);
  return found[0]?.value;
}

test('what a scraper gets is read to its last line, and says what was served', async () => {
  const own = { load_balancer: balancer.label };
  let families!: ReadonlyMap<string, Family>;
  await eventually('all nine are counted', async () => value((families = await scraped()), 'turnpike_requests_total', own) === 9);
  for (const [name, labels, expected] of [
    ['turnpike_requests_routed_total', {}, 5], ['turnpike_fixed_responses_total', {}, 1], ['turnpike_redirects_total', {}, 1],
    ['turnpike_connections_opened_total', {}, 9], ['turnpike_connections_active', {}, 0], ['turnpike_connections_rejected_total', {}, 0],
    ['turnpike_elb_responses_total', { code: '3XX' }, 1], ['turnpike_elb_responses_total', { code: '4XX' }, 2], ['turnpike_elb_responses_total', { code: '5XX' }, 2],
    ['turnpike_elb_response_codes_total', { code: '502' }, 1], ['turnpike_elb_response_codes_total', { code: '503' }, 1],
    ['turnpike_faults_total', { fault: 'bad-request' }, 1], ['turnpike_faults_total', { fault: 'no-healthy-target' }, 1], ['turnpike_faults_total', { fault: 'connect-refused' }, 1],
    ['turnpike_request_duration_seconds_count', {}, 9],
  ] as const) {
    const family = name.replace(/_count$/, '');
    const found = families.get(family)?.samples.find((sample) => sample.name === name && Object.entries({ ...own, ...labels }).every(([label, wanted]) => sample.labels[label] === wanted))?.value;
    assert.equal(found, expected, `${name} ${JSON.stringify(labels)}`);
  }
  const ofGroup = { target_group: group.slice(group.indexOf('targetgroup/')) };
  assert.equal(value(families, 'turnpike_target_requests_total', ofGroup), 4);
  assert.deepEqual(['2XX', '3XX', '4XX', '5XX'].map((code) => value(families, 'turnpike_target_responses_total', { ...ofGroup, code })), [2, 0, 1, 1]);
});

test('every family tells of itself, and counters only grow', async () => {
  const [first, second] = [await scraped(), await scraped()];
  assert.ok(first.size > 20);
  for (const { name, help, type, samples } of first.values()) {
    assert.match(name, /^turnpike_[a-z0-9_]+$/);
    assert.ok(help.length > 10, name);
    if (type !== 'gauge') samples.forEach((sample, i) => assert.ok(second.get(name)!.samples[i]!.value >= sample.value, name));
  }
});

for (const [what, text] of Object.entries({
  'no line feed at the end': '# HELP a_total a\n# TYPE a_total counter\na_total 1', 'a sample before its family': 'a_total 1\n', 'a sample twice': '# HELP a_total a\n# TYPE a_total counter\na_total{b="c"} 1\na_total{b="c"} 1\n',
  'a family in two pieces': '# HELP a_total a\n# TYPE a_total counter\n# HELP b b\n# TYPE b gauge\na_total 1\n', 'a quote that is not escaped': '# HELP a a\n# TYPE a gauge\na{b="c"d"} 1\n', 'no number': '# HELP a a\n# TYPE a gauge\na one\n',
  'a comma at the end': '# HELP a a\n# TYPE a gauge\na{b="c",} 1\n', 'buckets that fall': '# HELP a a\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
  'a histogram without a sum': '# HELP a a\n# TYPE a histogram\na_bucket{le="+Inf"} 1\na_count 1\n', 'a count that is not all': '# HELP a a\n# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n',
})) {
  test(`the reader of these tests refuses ${what}`, () => {
    assert.throws(() => readExposition(text));
  });
}
