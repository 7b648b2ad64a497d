/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#application-based-stickiness */
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
  targets = await Promise.all(['a', 'b', 'c'].map((text) =>
    installation.target((request, response) => {
      if (request.url === '/login') response.setHeader('Set-Cookie', 'SESSION=xyz; HttpOnly');
      response.end(text);
    })));
  group = await installation.group(targets.map(({ port }) => port), {
    attributes: { 'stickiness.enabled': 'true', 'stickiness.type': 'app_cookie', 'stickiness.app_cookie.cookie_name': 'SESSION', 'stickiness.app_cookie.duration_seconds': '100' },
  });
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  await installation.allHealthy(group);
});
after(() => installation[Symbol.asyncDispose]());

test('nothing is sticky until the target sets its own cookie', async () => {
  const browser = new Browser(door.port);
  const seen = new Set<string>();
  for (let i = 0; i < 6; i++) seen.add(await browser.get());
  assert.equal(seen.size, 3);
  assert.equal(browser.jar.size, 0);
});

test('with it comes AWSALBAPP, for seven days, and both keep the client with the target', async () => {
  const browser = new Browser(door.port);
  const first = await browser.get('/login');
  assert.deepEqual(browser.set.map(({ name }) => name), ['SESSION', 'AWSALBAPP-0']);
  const own = browser.cookie('AWSALBAPP-0')!;
  const left = Date.parse(String(own.attributes['expires'])) - Date.now();
  assert.ok(left > 604_700_000 && left <= 604_801_000, String(left));
  assert.equal(own.attributes['samesite'], undefined);
  for (let i = 0; i < 9; i++) {
    assert.equal(await browser.get(), first);
    assert.ok(browser.cookie('AWSALBAPP-0'), 'its time begins anew with every answer');
  }
});

test('one of the two alone keeps nobody', async () => {
  for (const name of ['SESSION', 'AWSALBAPP-0']) {
    const browser = new Browser(door.port);
    await browser.get('/login');
    browser.jar.delete(name);
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) seen.add(await browser.get());
    assert.equal(seen.size, 3, name);
  }
});

test('a session goes over to another target when its own goes, and stays there', async () => {
  const browser = new Browser(door.port);
  const first = await browser.get('/login');
  const { port } = targets['abc'.indexOf(first)]!;
  await installation.deregister(group, [port]);
  const second = await browser.get();
  assert.notEqual(second, first);
  await installation.register(group, [port]);
  for (let i = 0; i < 6; i++) assert.equal(await browser.get(), second);
});

test('Chromium 80 and later get SameSite', async () => {
  const browser = new Browser(door.port);
  await browser.get('/login', 'User-Agent: Mozilla/5.0 Chrome/123.0.0.0 Safari/537.36\r\n');
  assert.equal(browser.cookie('AWSALBAPP-0')!.attributes['samesite'], 'None');
});
