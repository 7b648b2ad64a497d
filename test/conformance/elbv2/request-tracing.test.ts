/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, Installation, type Door, type Target } from './installation.ts';

let installation: Installation;
let door: Door;
let target: Target;
before(async () => {
  installation = await Installation.open();
  target = await installation.target();
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
});
after(() => installation[Symbol.asyncDispose]());

async function traced(received: string | null): Promise<string> {
  await get(door.port, { headers: received === null ? '' : `X-Amzn-Trace-Id: ${received}\r\n` });
  return String(target.seen.at(-1)!.headers['x-amzn-trace-id']);
}

const ID = '1-[0-9a-f]{8}-[0-9a-f]{24}';

test('without one, a Root with the time of the request', async () => {
  const id = await traced(null);
  assert.match(id, new RegExp(`^Root=${ID}$`));
  const seconds = parseInt(id.slice(7, 15), 16);
  assert.ok(Math.abs(seconds - Date.now() / 1000) < 5);
  assert.notEqual(await traced(null), id);
});

for (const [received, expected] of [
  ['Root=1-67891233-abcdef012345678912345678', `^Self=${ID};Root=1-67891233-abcdef012345678912345678$`],
  ['Root=1-67891233-abcdef012345678912345678;CalledFrom=app', `^Self=${ID};Root=1-67891233-abcdef012345678912345678;CalledFrom=app$`],
  ['Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678', `^Self=${ID};Root=1-67891233-abcdef012345678912345678$`],
  ['CalledFrom=app', `^Root=${ID};CalledFrom=app$`],
  ['anything', `^Root=${ID};anything$`],
] as const) {
  test(`${received} is kept, with our part in front`, async () => {
    assert.match(await traced(received), new RegExp(expected));
  });
}
