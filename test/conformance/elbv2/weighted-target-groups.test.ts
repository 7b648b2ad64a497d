/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, get, Installation, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
let groups: readonly string[];
before(async () => {
  installation = await Installation.open();
  groups = await Promise.all(['one', 'two', 'three'].map(async (text) => installation.group([(await installation.target((_request, response) => void response.end(text))).port])));
  door = await installation.door(await installation.balancer());
});
after(() => installation[Symbol.asyncDispose]());

async function weigh(weights: readonly number[]): Promise<void> {
  const TargetGroups = weights.map((Weight, i) => ({ TargetGroupArn: groups[i]!, Weight }));
  await installation.aws('elbv2', 'ModifyListener', { ListenerArn: door.arn, DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] });
}

async function shares(requests: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < requests; i++) {
    const text = await by(door.port);
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

for (const [weights, expected] of [
  [[1, 1], { one: 50, two: 50 }],
  [[8, 2], { one: 80, two: 20 }],
  [[3, 0, 1], { one: 75, three: 25 }],
  [[0, 7], { two: 100 }],
] as const) {
  test(`weights ${weights.join(', ')} share 100 requests as ${JSON.stringify(expected)}`, async () => {
    await weigh(weights);
    const counts = await shares(100);
    assert.deepEqual(Object.keys(counts).sort(), Object.keys(expected).sort());
    // one worker deals requests out exactly; one may have begun a round that it does not end
    for (const [text, count] of Object.entries(expected)) assert.ok(Math.abs(counts[text]! - count) <= 1, `${JSON.stringify(counts)} for ${JSON.stringify(expected)}`);
  });
}

test('no weight at all leaves nobody to serve: 503', async () => {
  await weigh([0, 0]);
  assert.equal((await get(door.port)).status, 503);
});

test('a group without targets is not passed over: its share is answered with 503', async () => {
  const empty = await installation.group([]);
  await installation.aws('elbv2', 'ModifyListener', {
    ListenerArn: door.arn, DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: groups[0], Weight: 1 }, { TargetGroupArn: empty, Weight: 1 }] } }],
  });
  const statuses = [];
  for (let i = 0; i < 10; i++) statuses.push((await get(door.port)).status);
  assert.deepEqual(statuses.toSorted(), [...Array(5).fill(200), ...Array(5).fill(503)]);
});
