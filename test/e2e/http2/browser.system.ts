import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { freePort } from '../../support/free-port.ts';
import { listening } from '../http1/stage.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const RESOURCES = 100;
const KINDS = ['css', 'js', 'svg'] as const;
const TYPES = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;
const tag = (i: number): string =>
  ({ css: `<link rel="stylesheet" href="/r/${i}.css">`, js: `<script src="/r/${i}.js"></script>`, svg: `<img src="/r/${i}.svg">` })[KINDS[i % 3]!];
const body = { css: (i: number) => `.c${i} { color: red }`.padEnd(3_000), js: (i: number) => `window.loaded = (window.loaded || 0) + 1; // ${i}`.padEnd(20_000), svg: () => '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>' };

/** What a person's browser does with the balancer, in front of a target that speaks HTTP/1.1. */
describe('Chromium over HTTP/2', { skip: BROWSER === undefined ? 'there is no Chromium here' : false, timeout: 240_000 }, () => {
  let stage: TlsStage;
  let browser: Browser;
  let page: Page;
  const upgrades: string[] = [];
  const target = createServer((request, response) => {
    const [, number, kind] = /^\/r\/(\d+)\.(css|js|svg)$/.exec(request.url ?? '') ?? [];
    if (kind === undefined) {
      const page = request.url === '/' ? `<title>page</title>${Array.from({ length: RESOURCES }, (_, i) => tag(i)).join('')}` : '';
      return void response.writeHead(page === '' ? 404 : 200, { 'Content-Type': 'text/html' }).end(page);
    }
    response.writeHead(200, { 'Content-Type': TYPES[kind as 'css'] }).end(body[kind as 'css'](Number(number)));
  });

  before(async () => {
    const sockets = new WebSocketServer({ server: target, perMessageDeflate: { threshold: 0 } });
    sockets.on('connection', (socket, request) => {
      upgrades.push(`${request.httpVersion} ${request.headers.upgrade} ${request.headers.origin?.startsWith('https://localhost') === true} ${socket.extensions}`);
      socket.on('message', (data, binary) => socket.send(data, { binary }));
    });
    const certificate = await (await TestAuthority.make()).leaf('one', ['localhost']);
    stage = await TlsStage.open(
      { sites: { one: { certificates: [certificate], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD } }, targets: [await listening(target)] }, { port: await freePort() },
    );
    browser = await chromium.launch({ executablePath: BROWSER!, args: ['--no-sandbox', '--ignore-certificate-errors'] });
    page = await browser.newPage({ ignoreHTTPSErrors: true });
  });

  after(async () => {
    await browser.close();
    await stage.close();
    target.closeAllConnections();
    target.close();
  });

  it(`loads a page with ${RESOURCES} resources over one connection`, async () => {
    await page.goto(`https://localhost:${stage.port}/`, { waitUntil: 'load' });
    const told = await page.evaluate(`(() => {
      const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource').filter(({ name }) => name.includes('/r/'))];
      return { count: entries.length, protocols: [...new Set(entries.map((entry) => entry.nextHopProtocol))], statuses: [...new Set(entries.map((entry) => entry.responseStatus))], scripts: window.loaded };
    })()`);
    assert.deepEqual(told, { count: RESOURCES + 1, protocols: ['h2'], statuses: [200], scripts: 33 });
    assert.equal(stage.connections, 1);
    assert.deepEqual(stage.ended.filter(({ fault }) => fault !== null), []);
  });

  it('holds a conversation over WebSocket on that same connection (RFC 8441)', async () => {
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
    // the target has seen the handshake of HTTP/1.1 that it stands for, and no further connection has come
    assert.deepEqual(upgrades, ['1.1 websocket true permessage-deflate']);
    assert.equal(stage.connections, 1);
  });
});
