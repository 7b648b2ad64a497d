/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#modify-routing-algorithm */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { by, get, Installation } from './installation.ts';

test('requests go to the target with the fewest under way, whichever worker counts them', async () => {
  await using installation = await Installation.open({ workers: '2' });
  const held: ServerResponse[] = [];
  const target = (name: string) => installation.target((request, response) => (request.url === '/hold' ? void held.push(response) : void response.end(name)));
  const [a, b] = [await target('a'), await target('b')];
  const group = await installation.group([a.port, b.port], { attributes: { 'load_balancing.algorithm.type': 'least_outstanding_requests' } });
  const door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  await installation.allHealthy(group);
  const holding = Array.from({ length: 3 }, () => get(door.port, { path: '/hold' }));
  while (held.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  // three under way: two on one target, one on the other
  const busy = a.seen.length > b.seen.length ? 'a' : 'b';
  const answers = [];
  for (let i = 0; i < 12; i++) answers.push(await by(door.port));
  assert.ok(!answers.includes(busy), answers.join(''));
  for (const response of held) response.end('held');
  await Promise.all(holding);
  const after = new Set<string>();
  for (let i = 0; i < 8; i++) after.add(await by(door.port));
  assert.equal(after.size, 2, 'nothing is counted any more');
});
