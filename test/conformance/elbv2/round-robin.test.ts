/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#modify-routing-algorithm */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, Installation, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
let group: string;
let ports: Readonly<Record<string, number>>;
before(async () => {
  installation = await Installation.open();
  ports = Object.fromEntries(await Promise.all(['one', 'two', 'three'].map(async (text) => [text, (await installation.target((_request, response) => void response.end(text))).port] as const)));
  group = await installation.group(Object.values(ports));
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  await installation.allHealthy(group);
});
after(() => installation[Symbol.asyncDispose]());

async function answers(count: number): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let i = 0; i < count; i++) texts.push(await by(door.port));
  return texts;
}

test('targets get requests in turn: it is the default', async () => {
  const { Attributes } = await installation.aws<{ Attributes: { Key: string; Value: string }[] }>('elbv2', 'DescribeTargetGroupAttributes', { TargetGroupArn: group });
  assert.equal(Attributes.find(({ Key }) => Key === 'load_balancing.algorithm.type')!.Value, 'round_robin');
  const texts = await answers(9);
  assert.deepEqual([...new Set(texts.slice(0, 3))].sort(), ['one', 'three', 'two']);
  assert.deepEqual([texts.slice(3, 6), texts.slice(6)], [texts.slice(0, 3), texts.slice(0, 3)], 'the same order again and again');
});

test('a target that leaves is passed over, the others go on in turn', async () => {
  await installation.deregister(group, [ports['two']!]);
  const texts = await answers(6);
  assert.deepEqual([...new Set(texts.slice(0, 2))].sort(), ['one', 'three']);
  assert.deepEqual([texts.slice(2, 4), texts.slice(4)], [texts.slice(0, 2), texts.slice(0, 2)]);
});
