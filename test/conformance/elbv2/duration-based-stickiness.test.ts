/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#duration-based-stickiness */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './cookies.ts';
import { Installation, type Door, type Target } from './installation.ts';

let installation: Installation;
let door: Door;
let group: string;
let targets: readonly Target[];
before(async () => {
  installation = await Installation.open();
  targets = await Promise.all(['a', 'b', 'c'].map((text) => installation.target((request, response) => response.setHeader('Set-Cookie', 'own=1').end(request.url === '/fail' ? '' : text))));
  group = await installation.group(targets.map(({ port }) => port), { attributes: { 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie', 'stickiness.lb_cookie.duration_seconds': '100' } });
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  await installation.allHealthy(group);
});
after(() => installation[Symbol.asyncDispose]());

test('a client that brings AWSALB back stays with its target, however many there are', async () => {
  const browser = new Browser(door.port);
  const first = await browser.get();
  for (let i = 0; i < 12; i++) assert.equal(await browser.get(), first);
  const others = new Set(await Promise.all(Array.from({ length: 12 }, () => new Browser(door.port).get())));
  assert.equal(others.size, 3);
});

test('two cookies are set beside those of the target, with Expires and for every path', async () => {
  const browser = new Browser(door.port);
  await browser.get();
  assert.deepEqual(browser.set.map(({ name }) => name), ['own', 'AWSALB', 'AWSALBCORS']);
  const [, plain, across] = browser.set;
  assert.equal(plain!.value, across!.value);
  assert.equal(plain!.attributes['path'], '/');
  const left = Date.parse(String(plain!.attributes['expires'])) - Date.now();
  assert.ok(left > 90_000 && left <= 101_000, String(left));
  assert.equal(plain!.attributes['samesite'], undefined);
  assert.equal(across!.attributes['samesite'], 'None');
});

test('the cookie is set anew with every answer, and AWSALBCORS alone is enough', async () => {
  const browser = new Browser(door.port);
  const first = await browser.get();
  const value = browser.cookie('AWSALB')!.value;
  browser.jar.delete('AWSALB');
  for (let i = 0; i < 5; i++) {
    // answers of one moment (50 ms) set the same
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await browser.get(), first);
    browser.jar.delete('AWSALB');
  }
  assert.notEqual(browser.cookie('AWSALB')!.value, value);
});

test('a cookie that cannot be opened counts for nothing', async () => {
  const seen = new Set<string>();
  for (let i = 0; i < 9; i++) {
    const browser = new Browser(door.port);
    browser.jar.set('AWSALB', 'forged');
    seen.add(await browser.get());
  }
  assert.equal(seen.size, 3);
});

test('a target that is deregistered is left for another, which is then kept', async () => {
  const browser = new Browser(door.port);
  const first = await browser.get();
  const { port } = targets['abc'.indexOf(first)]!;
  await installation.deregister(group, [port]);
  const second = await browser.get();
  assert.notEqual(second, first);
  await installation.register(group, [port]);
  for (let i = 0; i < 5; i++) assert.equal(await browser.get(), second);
});

test('a shorter duration ends the session', async () => {
  await installation.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key: 'stickiness.lb_cookie.duration_seconds', Value: '1' }] });
  const seen = new Set<string>();
  const browser = new Browser(door.port);
  await browser.get();
  const [sticky, plain] = [browser.jar.get('AWSALB')!, new Map(browser.jar)];
  assert.ok(sticky !== '' && plain.size > 0);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (let i = 0; i < 9; i++) {
    browser.jar.set('AWSALB', sticky).set('AWSALBCORS', sticky);
    seen.add(await browser.get());
  }
  assert.equal(seen.size, 3);
});
