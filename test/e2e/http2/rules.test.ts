/**
 * RFC 9113 and RFC 7541 section by section: what a server must do with each thing that a client must not do, and some that it may. Each case has a
 * connection of its own, and another one is served throughout.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { block, END_HEADERS, END_STREAM, frame, GET, RawHttp2, T } from './raw.ts';
import { RULES, type Rule } from './rules.table.ts';

describe('the rules of HTTP/2', () => {
  let stage: TlsStage;
  const target = createServer((request, response) => {
    if (request.url === '/slow') setTimeout(() => response.end('late'), 300);
    else if (request.url === '/unread') request.pause();
    else {
      request.resume();
      request.on('end', () => response.end('hello, world'));
    }
  });

  before(async () => {
    target.listen(0, '127.0.0.1');
    await new Promise((resolve) => target.once('listening', resolve));
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    stage = await TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD } }, targets: [(target.address() as AddressInfo).port] },
      { port: await freePort() },
    );
  });

  after(async () => {
    await stage.close();
    target.closeAllConnections();
    target.close();
  });

  async function run({ raw = false, settings, send, outcome }: Rule): Promise<void> {
    const client = await RawHttp2.open(stage.port, { hello: !raw, ...(settings ? { settings } : {}) });
    try {
      if (typeof send === 'function') await send(client);
      else client.send(...send);
      if (outcome === 'ignored') await client.ping('in order');
      else if ('goAway' in outcome) {
        const code = await client.goAway();
        assert.ok(outcome.goAway.includes(code), `GOAWAY with ${code}`);
        await client.end();
      } else if ('reset' in outcome) {
        const code = await client.reset(outcome.stream ?? 1);
        assert.ok(outcome.reset.includes(code), `RST_STREAM with ${code}`);
        if (outcome.stream === undefined) {
          client.send(frame(T.HEADERS, END_HEADERS | END_STREAM, 7, block(GET)));
          await client.answered(7);
        }
      } else {
        await client.answered(outcome.answered);
        await client.ping('in order');
      }
    } finally {
      client.close();
    }
  }

  for (const rule of RULES) it(`${rule.section} ${rule.what}`, () => run(rule));

  it('serves others all the while', async () => {
    const client = await RawHttp2.open(stage.port);
    client.send(frame(T.HEADERS, END_HEADERS | END_STREAM, 1, block(GET)));
    assert.equal((await client.answered(1)).toString(), 'hello, world');
    client.close();
  });
});
