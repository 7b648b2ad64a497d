/** A target that answers early and goes: what it said is in the kernel still when the next octets of the body are refused. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { eventually, pause } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { listening } from '../http1/stage.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { END_HEADERS, frame, POST, block, RawHttp2, T } from './raw.ts';
import { RawTarget } from './raw-target.ts';

test('an answer is given that came before a target was gone, though sending it the rest of the body fails', async (t) => {
  const lines: RawTarget[] = [];
  const target = createServer((socket) => {
    const line = new RawTarget(socket, () => {});
    lines.push(line);
    line.hello({ streams: 100 });
  });
  const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
  const stage = await TlsStage.open({ sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD } }, targets: [await listening(target)], targetVersion: 'http2' }, { port: await freePort() });
  const client = await RawHttp2.open(stage.port);
  t.after(async () => {
    client.close();
    await stage.close();
    target.close();
  });
  client.send(frame(T.HEADERS, END_HEADERS, 1, block(POST)), frame(T.DATA, 0, 1, 'x'));
  await eventually('the target is asked', () => lines[0]?.asked.length === 1);
  // what is written in a timer is read in the same turn of the loop, and sent at its end
  await pause(1);
  client.send(frame(T.DATA, 0, 1, 'more'));
  setImmediate(() => {
    lines[0]!.answer(lines[0]!.asked[0]!);
    lines[0]!.reset();
  });
  await client.until(({ type, stream }) => type === T.HEADERS && stream === 1);
  await eventually('it is over', () => stage.ended.length > 0);
  assert.deepEqual(stage.ended.map(({ status, fault }) => [status, fault]), [[200, null]]);
});
