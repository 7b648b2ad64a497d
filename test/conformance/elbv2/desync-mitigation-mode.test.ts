/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask } from '../../e2e/http1/client.ts';
import { Installation, type Balancer, type Door, type Target } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
let door: Door;
let target: Target;
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' });
  target = await installation.target((request, response) => void request.resume().on('end', () => response.end('target')));
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
});
after(() => installation[Symbol.asyncDispose]());

const CASES = {
  Compliant: ['Content-Length: 5\r\n', 'hello'],
  Acceptable: ['x-mine : value\r\nContent-Length: 5\r\n', 'hello'],
  Ambiguous: ['Transfer-Encoding: chunked\r\nContent-Length: 100\r\n', '5\r\nhello\r\n0\r\n\r\n'],
  Severe: ['Content-Length: 5\r\nContent-Length: 50\r\n', 'hello'],
} as const;

for (const [mode, served] of [['monitor', ['Compliant', 'Acceptable', 'Ambiguous', 'Severe']], ['defensive', ['Compliant', 'Acceptable', 'Ambiguous']], ['strictest', ['Compliant']]] as const) {
  for (const [tier, [fields, body]] of Object.entries(CASES)) {
    const passes = (served as readonly string[]).includes(tier);
    test(`${mode}: ${tier} is ${passes ? 'served' : 'refused'}`, async () => {
      await installation.attributes(balancer, { 'routing.http.desync_mitigation_mode': mode });
      const before = target.seen.length;
      const answer = await ask(door.port, `POST /${mode}/${tier} HTTP/1.1\r\nHost: www.example.com\r\n${fields}\r\n${body}`);
      assert.equal(answer.status, passes ? 200 : 400);
      assert.equal(target.seen.length, before + (passes ? 1 : 0));
      // "routes the request but closes the client and target connections"
      if (passes && tier !== 'Compliant' && tier !== 'Acceptable') assert.deepEqual([answer.headers['connection'], target.seen.at(-1)!.headers['connection']], ['close', 'close']);
    });
  }
}

test('the log has the classification and its reason', async () => {
  const lines = await installation.logLines(12);
  const found = (path: string): string | undefined => /"([^"]*)" "([^"]*)" TID_/.exec(lines.find((line) => line.includes(path)) ?? '')?.slice(1).join(' ');
  assert.equal(found('/monitor/Compliant'), '- -');
  assert.equal(found('/monitor/Acceptable'), 'Acceptable NonCompliantHeader');
  assert.equal(found('/defensive/Ambiguous'), 'Ambiguous BothTeClPresent');
  assert.equal(found('/defensive/Severe'), 'Severe MultipleContentLength');
});
