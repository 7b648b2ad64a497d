/** A real browser talks through a load balancer over wss: text, octets, a large message, compression, a close code. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

test('Chromium holds a conversation over wss', { skip: BROWSER === undefined ? 'there is no Chromium here' : false, timeout: 240_000 }, async (t) => {
  const http = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<title>page</title>'));
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: { threshold: 0 } });
  let extensions = '';
  const closed: (readonly [number, string])[] = [];
  sockets.on('connection', (socket) => {
    extensions = socket.extensions;
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.on('close', (code, reason) => closed.push([code, String(reason)]));
  });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  const authority = await TestAuthority.make();
  const stage = await TlsStage.open(
    { sites: { one: { certificates: [await authority.leaf('one', ['localhost'])], action: FORWARD } }, targets: [(http.address() as { port: number }).port] },
    { port: await freePort() },
  );
  const browser = await chromium.launch({ executablePath: BROWSER!, args: ['--no-sandbox', '--ignore-certificate-errors'] });
  t.after(async () => {
    await browser.close();
    await stage.close();
    http.closeAllConnections();
    http.close();
  });
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(`https://localhost:${stage.port}/`);
  assert.equal(await page.title(), 'page');
  const said = await page.evaluate(`(async () => {
    const socket = new WebSocket('wss://' + location.host + '/echo');
    socket.binaryType = 'arraybuffer';
    await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
    const echo = (data) => new Promise((resolve) => { socket.onmessage = (event) => resolve(event.data); socket.send(data); });
    const text = await echo('κόσμε');
    const octets = new Uint8Array(await echo(new Uint8Array([0, 255, 128])));
    const large = await echo('x'.repeat(3000000));
    const close = new Promise((resolve) => { socket.onclose = (event) => resolve([event.code, event.reason, event.wasClean]); });
    socket.close(4321, 'enough');
    return { text, octets: [...octets], large: large.length, close: await close };
  })()`);
  assert.deepEqual(said, { text: 'κόσμε', octets: [0, 255, 128], large: 3_000_000, close: [4321, 'enough', true] });
  assert.equal(extensions, 'permessage-deflate');
  await eventually('the target hears of the end', () => closed.length > 0);
  assert.deepEqual(closed, [[4321, 'enough']]);
  const [ended] = stage.ended.filter(({ status }) => status === 101);
  assert.equal(ended?.fault ?? null, null);
});
