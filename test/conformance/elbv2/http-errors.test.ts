/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-460-issues and its neighbours: what the balancer answers by itself.
 * 401, 403 and 561 are in authenticate-oidc and jwt-validation, 408 and 460 in connection-timeouts, 413 in lambda-targets, 464 in http2.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, type Answer } from '../../e2e/http1/client.ts';
import { RawBackend } from '../../e2e/http1/stage.ts';
import { freePort } from '../../support/free-port.ts';
import { get, Installation, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
/** Says what the test has it say, on each connection; null: hangs up. */
let script: string | null = null;
let server: RawBackend;
before(async () => {
  installation = await Installation.open();
  server = await RawBackend.open({ answer: (_text, socket) => void (script === null ? socket.destroy() : socket.end(script)) });
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: await installation.group([server.port]) });
});
after(async () => {
  await server.close();
  await installation[Symbol.asyncDispose]();
});

function isPage(answer: Answer, status: number, phrase: string): void {
  assert.deepEqual([answer.status, answer.reason], [status, phrase]);
  assert.equal(answer.body, `<html>\r\n<head><title>${status} ${phrase}</title></head>\r\n<body>\r\n<center><h1>${status} ${phrase}</h1></center>\r\n</body>\r\n</html>\r\n`);
  assert.deepEqual([answer.headers['server'], answer.headers['content-type']], ['awselb/2.0', 'text/html']);
}

const WRONG: readonly (readonly [what: string, octets: string, status: number, phrase: string])[] = [
  ['a request that is malformed', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', 400, 'Bad Request'],
  ['a header of more than 16 KB', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(17_000)}\r\n\r\n`, 400, 'Bad Request'],
  ['headers of more than 64 KB', `GET / HTTP/1.1\r\nHost: x\r\n${`A: ${'a'.repeat(10_000)}\r\n`.repeat(7)}\r\n`, 400, 'Bad Request'],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'Not Allowed'],
  ['a request line of more than 16 KB', `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414, 'Request-URI Too Large'],
  ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(300)}\r\n`, 431, 'Request Header Fields Too Large'],
  ['more than 30 addresses in X-Forwarded-For', `GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${Array(31).fill('192.0.2.1').join(', ')}\r\n\r\n`, 463, 'Unassigned'],
  ['an unknown transfer coding', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n', 501, 'Not Implemented'],
  ['an HTTP version that is not served', 'GET / HTTP/3.0\r\nHost: x\r\n\r\n', 505, 'HTTP Version Not Supported'],
];
for (const [what, octets, status, phrase] of WRONG) {
  test(`${what}: ${status}`, async () => isPage(await ask(door.port, octets), status, phrase));
}

const BAD: readonly (readonly [what: string, said: string | null])[] = [
  ['hangs up', null],
  ['hangs up within the head', 'HTTP/1.1 200 OK\r\nContent-'],
  ['says what is no HTTP', 'hello\r\n\r\n'],
  ['says a malformed header', 'HTTP/1.1 200 OK\r\nBad Header : x\r\nContent-Length: 2\r\n\r\nok'],
  ['says two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
];
for (const [what, said] of BAD) {
  test(`a target that ${what}: 502`, async () => {
    script = said;
    isPage(await get(door.port), 502, 'Bad Gateway');
  });
}

test('a target that nobody answers for: 502; a group without targets: 503', async () => {
  const nobody = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: await installation.group([await freePort()]) });
  isPage(await get(nobody.port), 502, 'Bad Gateway');
  const empty = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: await installation.group([]) });
  isPage(await get(empty.port), 503, 'Service Temporarily Unavailable');
});

test("an error of the target's own goes through as it is", async () => {
  script = 'HTTP/1.1 503 Mine\r\nContent-Length: 4\r\n\r\nmine';
  const answer = await get(door.port);
  assert.deepEqual([answer.status, answer.reason, answer.body, answer.headers['server']], [503, 'Mine', 'mine', undefined]);
});
