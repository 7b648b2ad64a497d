/** From API call to snapshot: what the services store is what the compiler expects, in both of AWS's forms, and nothing is lost between them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compiler, localInstallation } from '../../src/control-plane/compiler/index.ts';
import { PLAIN_FIELD_NAMES, apply, diff, validate, type Listener, type Snapshot } from '../../src/snapshot/index.ts';
import { elbStage, type Stage } from '../support/elb-stage.ts';

interface Bench extends Stage {
  readonly snapshot: () => Snapshot;
  readonly listenerOf: (arn: string) => Listener;
}

async function bench(): Promise<Bench> {
  const stage = await elbStage();
  const compiler = new Compiler();
  const snapshot = (): Snapshot => {
    const compiled = compiler.compile(stage.environment.store.world, localInstallation(stage.clock.now()));
    assert.deepEqual(compiled.diagnostics, []);
    assert.deepEqual(validate(compiled.snapshot), []);
    return compiled.snapshot;
  };
  return { ...stage, snapshot, listenerOf: (arn) => snapshot().listeners[arn]! };
}

const FIXED = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } };

test('conditions in the old form and in the new one compile alike', async () => {
  const { balancer, listener, elb, listenerOf } = await bench();
  const arn = await listener(await balancer());
  const create = (Priority: number, condition: object): Promise<unknown> => elb('CreateRule', { ListenerArn: arn, Priority, Conditions: [condition], Actions: [FIXED] });
  await create(1, { Field: 'path-pattern', Values: ['/a/*'] });
  await create(2, { Field: 'path-pattern', PathPatternConfig: { Values: ['/a/*'] } });
  await create(3, { Field: 'host-header', Values: ['Shop.example.com'] });
  await create(4, { Field: 'host-header', HostHeaderConfig: { Values: ['Shop.example.com'] } });
  await create(5, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Tenant', Values: ['acme*'] } });
  await create(6, { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['PUT'] } });
  await create(7, { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }, { Value: 'x*' }] } });
  await create(8, { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } });
  const conditions = listenerOf(arn).routes.map((route) => route.conditions);
  assert.deepEqual(conditions, [
    [{ kind: 'path', patterns: ['/a/*'] }],
    [{ kind: 'path', patterns: ['/a/*'] }],
    [{ kind: 'host', patterns: ['shop.example.com'] }],
    [{ kind: 'host', patterns: ['shop.example.com'] }],
    [{ kind: 'header', name: 'x-tenant', patterns: ['acme*'] }],
    [{ kind: 'method', values: ['PUT'] }],
    [{ kind: 'query', pairs: [{ key: 'v', value: '1' }, { key: null, value: 'x*' }] }],
    [{ kind: 'source-ip', blocks: ['10.0.0.0/8'] }],
  ]);
});

test('actions in the old form and in the new one compile alike, and redirects have AWS defaults', async () => {
  const { balancer, listener, group, elb, listenerOf } = await bench();
  const arn = await listener(await balancer());
  const targets = await group();
  const create = (Priority: number, action: object): Promise<unknown> => elb('CreateRule', { ListenerArn: arn, Priority, Conditions: [{ Field: 'path-pattern', Values: [`/${Priority}`] }], Actions: [action] });
  await create(1, { Type: 'forward', TargetGroupArn: targets });
  await create(2, { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: targets }] } });
  await create(3, { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Protocol: 'HTTPS', Port: '443' } });
  assert.deepEqual(listenerOf(arn).routes.map((route) => route.action), [
    { kind: 'forward', pools: [{ pool: targets, weight: 1 }] },
    { kind: 'forward', pools: [{ pool: targets, weight: 1 }] },
    { kind: 'redirect', redirect: { status: 301, protocol: 'HTTPS', host: '#{host}', port: '443', path: '/#{path}', query: '#{query}' } },
  ]);
});

test('what a new balancer gets by default is what AWS documents', async () => {
  const { balancer, listener, listenerOf } = await bench();
  const found = listenerOf(await listener(await balancer()));
  assert.deepEqual(found.http, {
    idleTimeoutMs: 60_000, keepAliveMs: 3_600_000, dropInvalidHeaders: false, preserveHost: false, forwardedFor: 'append', forwardedForPort: false,
    desync: 'defensive', tlsHeaders: false, serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
  });
  assert.equal(found.accessLog, null);
  assert.equal(found.bindings.length, 2);
});

test('each call changes the nodes that it is about and no others, and a worker follows by differences', async () => {
  const { balancer, listener, group, elb, snapshot } = await bench();
  const [one, two] = [await listener(await balancer('one')), await listener(await balancer('two'), 81)];
  const targets = await group();
  await elb('CreateRule', { ListenerArn: one, Priority: 5, Conditions: [{ Field: 'path-pattern', Values: ['/'] }], Actions: [{ Type: 'forward', TargetGroupArn: targets }] });
  let before = snapshot();
  let worker: Snapshot = structuredClone(before);
  const changedBy = async (operation: string, input: object): Promise<readonly string[]> => {
    await elb(operation, input);
    const after = snapshot();
    worker = apply(worker, structuredClone(diff(before, after)));
    assert.deepEqual(worker, after);
    const changed = [one, two].filter((id) => before.listeners[id] !== after.listeners[id]);
    if (before.pools[targets] !== after.pools[targets]) changed.push(targets);
    before = after;
    return changed;
  };
  assert.deepEqual(await changedBy('RegisterTargets', { TargetGroupArn: targets, Targets: [{ Id: '127.0.0.1', Port: 9000 }] }), [targets]);
  assert.deepEqual(await changedBy('ModifyTargetGroup', { TargetGroupArn: targets, HealthCheckPath: '/ready' }), [targets]);
  assert.deepEqual(await changedBy('ModifyTargetGroupAttributes', { TargetGroupArn: targets, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }] }), [targets]);
  assert.deepEqual(await changedBy('AddTags', { ResourceArns: [targets, one], Tags: [{ Key: 'team', Value: 'shop' }] }), []);
  assert.deepEqual(await changedBy('SetRulePriorities', { RulePriorities: [{ RuleArn: before.listeners[one]!.routes[0]!.id, Priority: 7 }] }), [one]);
  assert.deepEqual(await changedBy('ModifyListenerAttributes', { ListenerArn: two, Attributes: [{ Key: 'routing.http.response.server.enabled', Value: 'false' }] }), [two]);
  assert.deepEqual(await changedBy('ModifyLoadBalancerAttributes', { LoadBalancerArn: before.listeners[one]!.owner, Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '10' }] }), [one]);
  assert.deepEqual(await changedBy('DeregisterTargets', { TargetGroupArn: targets, Targets: [{ Id: '127.0.0.1', Port: 9000 }] }), [targets]);
  assert.deepEqual(await changedBy('DeleteRule', { RuleArn: before.listeners[one]!.routes[0]!.id }), [one, targets]);
});

test('an access log is where AWS would put it', async () => {
  const { balancer, listener, elb, listenerOf } = await bench();
  const owner = await balancer('web');
  const arn = await listener(owner);
  await elb('ModifyLoadBalancerAttributes', { LoadBalancerArn: owner, Attributes: [{ Key: 'access_logs.s3.enabled', Value: 'true' }, { Key: 'access_logs.s3.bucket', Value: 'logs' }, { Key: 'access_logs.s3.prefix', Value: 'web' }] });
  const log = listenerOf(arn).accessLog!;
  assert.equal(log.path, 'logs/web/AWSLogs/123456789012/elasticloadbalancing/us-east-1');
  assert.match(log.file, /^123456789012_elasticloadbalancing_us-east-1_app\.web\.[0-9a-f]{16}$/);
});
