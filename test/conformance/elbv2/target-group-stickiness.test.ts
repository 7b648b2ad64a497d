/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions (sticky sessions and weighted target groups) */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './cookies.ts';
import { Installation, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
let groups: readonly string[];
before(async () => {
  installation = await Installation.open();
  const { group: fn } = await installation.functionGroup("exports.handler = async () => ({ statusCode: 200, body: 'three' })");
  groups = [...await Promise.all(['one', 'two'].map(async (text) => installation.group([(await installation.target((_request, response) => void response.end(text))).port]))), fn];
  door = await installation.door(await installation.balancer());
});
after(() => installation[Symbol.asyncDispose]());

async function weigh(weights: readonly number[], sticky: object = { Enabled: true, DurationSeconds: 60 }): Promise<void> {
  const TargetGroups = weights.map((Weight, i) => ({ TargetGroupArn: groups[i]!, Weight }));
  await installation.aws('elbv2', 'ModifyListener', { ListenerArn: door.arn, DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups, TargetGroupStickinessConfig: sticky } }] });
}

test('clients stay with the group that they got, also where that is a function', async () => {
  await weigh([1, 1, 1]);
  const seen = new Set<string>();
  for (let i = 0; i < 6; i++) {
    const browser = new Browser(door.port);
    const first = await browser.get();
    seen.add(first);
    assert.deepEqual(browser.set.map(({ name }) => name), ['AWSALBTG', 'AWSALBTGCORS']);
    assert.equal(browser.cookie('AWSALBTGCORS')!.attributes['samesite'], 'None');
    for (let n = 0; n < 5; n++) assert.equal(await browser.get(), first);
  }
  assert.equal(seen.size, 3);
});

test('new clients are shared by weight all the same', async () => {
  await weigh([3, 1]);
  const counts: Record<string, number> = {};
  for (let i = 0; i < 40; i++) {
    const text = await new Browser(door.port).get();
    counts[text] = (counts[text] ?? 0) + 1;
  }
  assert.ok(Math.abs(counts['one']! - 30) <= 1, JSON.stringify(counts));
});

test('a group that has lost its weight, or is no longer there, keeps nobody', async () => {
  await weigh([0, 1]);
  const browser = new Browser(door.port);
  assert.equal(await browser.get(), 'two');
  await weigh([1, 0]);
  assert.equal(await browser.get(), 'one');
});

test('without stickiness there is no cookie', async () => {
  await weigh([1, 1], { Enabled: false });
  const browser = new Browser(door.port);
  await browser.get();
  assert.deepEqual(browser.set, []);
});
