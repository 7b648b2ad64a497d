/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#host-header-preservation */
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
  balancer = await installation.balancer();
  target = await installation.target();
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
});
after(() => installation[Symbol.asyncDispose]());

/** `PORT` stands for the listener's port, which is neither 80 nor 443. */
for (const [preserve, line, host, expected] of [
  ['false', '/', 'example.com', 'example.com:PORT'],
  ['false', '/', 'example.com:PORT', 'example.com:PORT'],
  ['false', '/', 'example.com:1234', 'example.com:1234'],
  ['true', '/', 'example.com', 'example.com'],
  ['true', '/', 'example.com:1234', 'example.com:1234'],
  ['true', '/', 'ExAmPle.com', 'ExAmPle.com'],
  ['false', 'http://dns_name/x', 'example.com', 'dns_name:PORT'],
  ['true', 'http://dns_name/x', 'example.com', 'example.com'],
] as const) {
  test(`preserve ${preserve}: ${line} with Host ${host} reaches the target as ${expected}`, async () => {
    await installation.attributes(balancer, { 'routing.http.preserve_host_header.enabled': preserve });
    const fill = (text: string): string => text.replace('PORT', String(door.port));
    const answer = await ask(door.port, `GET ${line} HTTP/1.1\r\nHost: ${fill(host)}\r\nConnection: close\r\n\r\n`);
    assert.equal(answer.status, 200);
    assert.equal(target.seen.at(-1)!.headers['host'], fill(expected));
    assert.equal(target.seen.at(-1)!.url, line.startsWith('/') ? line : '/x');
  });
}
