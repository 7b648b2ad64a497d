/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#fixed-response-actions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, Installation, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
});
after(() => installation[Symbol.asyncDispose]());

for (const [config, status, type, body] of [
  [{ StatusCode: '200', ContentType: 'text/plain', MessageBody: 'Hello' }, 200, 'text/plain; charset=utf-8', 'Hello'],
  [{ StatusCode: '503', ContentType: 'text/html', MessageBody: '<p>ünder</p>' }, 503, 'text/html; charset=utf-8', '<p>ünder</p>'],
  [{ StatusCode: '404', ContentType: 'application/json', MessageBody: '{}' }, 404, 'application/json; charset=utf-8', '{}'],
  [{ StatusCode: '299' }, 299, 'text/plain; charset=utf-8', ''],
  [{ StatusCode: '410', MessageBody: 'x'.repeat(1024) }, 410, 'text/plain; charset=utf-8', 'x'.repeat(1024)],
] as const) {
  test(`${status} with ${body.length} characters`, async () => {
    await installation.aws('elbv2', 'ModifyListener', { ListenerArn: door.arn, DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: config }] });
    const answer = await get(door.port);
    assert.deepEqual([answer.status, answer.headers['content-type'], Buffer.from(answer.body, 'latin1').toString()], [status, type, body]);
    assert.equal(answer.headers['content-length'], String(Buffer.byteLength(body)));
    assert.equal(answer.headers['server'], 'awselb/2.0');
    assert.match(answer.headers['date']!, / GMT$/);
  });
}
