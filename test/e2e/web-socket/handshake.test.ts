/** What becomes of handshakes over HTTP/1.1: those that a target takes, those that it refuses, and those that are none. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { webSocketAccept } from '../../../src/data-plane/wire/index.ts';
import { eventually } from '../../support/eventually.ts';
import { ask } from '../http1/client.ts';
import { perRequest } from '../http1/stage.ts';
import { backend, client, closeScene, HANDSHAKE, KEY, logged, stage, SWITCHED, switching } from './scene.ts';

after(closeScene);

describe('a WebSocket handshake over HTTP/1.1', () => {
  it('says the handshake to the target in its own words, and the answer to the client', async () => {
    const target = await switching(() => {});
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(`${HANDSHAKE}Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Extensions: permessage-deflate\r\nKeep-Alive: x\r\n\r\n`);
    const answer = await c.answer();
    assert.deepEqual([answer.status, answer.headers['upgrade'], answer.headers['connection'], answer.headers['sec-websocket-accept']], [101, 'websocket', 'Upgrade', webSocketAccept(KEY)]);
    const head = target.received[0]!;
    for (const line of ['Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Protocol: chat, superchat', 'Sec-WebSocket-Extensions: permessage-deflate', 'X-Forwarded-For: 127.0.0.1']) {
      assert.equal(head.split('\r\n').filter((other) => other === line).length, 1, line);
    }
    assert.ok(!/keep-alive/i.test(head));
  });

  it('loses nothing that is said early, on either side', async () => {
    const target = await backend({
      answer: (text, socket) => {
        if (text.endsWith('\r\n\r\n')) socket.write(`${SWITCHED}first words`);
        else socket.write(`(${text.slice(text.indexOf('\r\n\r\n') + 4)})`);
      },
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    // a client must wait for the 101; what it sends ahead is for the target all the same once it has switched
    c.send(`${HANDSHAKE}\r\n`);
    await eventually('the target has heard of it', () => target.received.length > 0);
    c.send('ahead');
    await c.until((heard) => heard.endsWith('first words(ahead)'));
  });

  it('takes no other protocol on, and none that is not asked for in full', async () => {
    const target = await backend({ answer: perRequest((head) => {
      const upgraded = /upgrade|sec-websocket|http2-settings/i.exec(head);
      return `HTTP/1.1 200 OK\r\nContent-Length: ${upgraded ? 3 : 2}\r\n\r\n${upgraded ? 'bad' : 'ok'}`;
    }) });
    const at = await stage({ targets: [target.port] });
    const key = `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n`;
    const asked = [
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n${key}\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n${key}\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nUpgrade: websocket\r\n${key}\r\n`,
      `GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`,
      `POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n${key}\r\nhi`,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}${key}\r\n`,
    ];
    for (const octets of asked) assert.deepEqual([(await ask(at.port, octets)).body, octets], ['ok', octets]);
  });

  it('passes any other answer as one, and serves on', async () => {
    const target = await backend({ answer: perRequest((head) => (head.startsWith('GET /chat')
      ? 'HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8\r\nContent-Length: 2\r\n\r\nno'
      : 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes')) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(`${HANDSHAKE}\r\n`);
    const refused = await c.answer();
    assert.deepEqual([refused.status, refused.body, refused.headers['sec-websocket-version']], [426, 'no', '8']);
    c.send('GET /y HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await c.answer()).body, 'yes');
  });

  it('answers 502 to a 101 that is none', async () => {
    for (const head of ['Upgrade: h2c\r\nConnection: Upgrade\r\n', 'Upgrade: websocket\r\n', 'Connection: Upgrade\r\n', 'Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 5\r\n', 'Upgrade: websocket\r\nConnection: Upgrade\r\nTransfer-Encoding: chunked\r\n']) {
      const target = await backend({ answer: perRequest(() => `HTTP/1.1 101 Switching Protocols\r\n${head}\r\n`) });
      const at = await stage({ targets: [target.port] });
      assert.equal((await ask(at.port, `${HANDSHAKE}\r\n`)).status, 502, head);
      assert.equal((await logged(at)).fault, 'upstream-malformed');
    }
  });

  it('brings what comes in one piece with it, on either side', async () => {
    for (const size of [1, 1000, 200_000]) {
      const early = 'e'.repeat(size);
      const heard: string[] = [];
      const target = await switching((socket) => {
        socket.write(early);
        socket.on('data', (chunk) => heard.push(String(chunk)));
      });
      const at = await stage({ targets: [target.port] });
      const c = await client(at);
      c.send(`${HANDSHAKE}\r\n${early}`);
      await c.until((said) => said.endsWith(`\r\n\r\n${early}`));
      await eventually('the target has heard it', () => (target.received[0]!.split('\r\n\r\n')[1] ?? '').length + heard.join('').length === size);
    }
  });

  it('keeps the order of fields that come more than once', async () => {
    const target = await switching(() => {});
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    const lines = ['Sec-WebSocket-Extensions: x-one', 'Sec-WebSocket-Protocol: chat', 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits', 'Sec-WebSocket-Protocol: superchat'];
    c.send(`${HANDSHAKE}Content-Length: 0\r\n${lines.join('\r\n')}\r\n\r\n`);
    assert.equal((await c.answer()).status, 101);
    assert.deepEqual(target.received[0]!.split('\r\n').filter((line) => /extensions|protocol/i.test(line)), lines);
  });

  it('passes every refusal with its fields and its body, and the connection serves on', async () => {
    const refusals = [
      [200, 'Content-Length: 2', 'no'], [302, 'Location: /login\r\nContent-Length: 0', ''], [400, 'Content-Type: text/plain\r\nContent-Length: 11', 'bad request'],
      [401, 'WWW-Authenticate: Basic realm="x"\r\nTransfer-Encoding: chunked', '4\r\nwho?\r\n0\r\n\r\n'], [403, 'Content-Length: 0', ''], [503, 'Retry-After: 5\r\nContent-Length: 4', 'late'],
    ] as const;
    const target = await backend({
      answer: perRequest((head) => {
        const [status, fields, body] = refusals[Number(head.split(' ')[1]!.slice(1))]!;
        return `HTTP/1.1 ${status} X\r\n${fields}\r\n\r\n${body}`;
      }),
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    for (const [i, [status, fields, body]] of refusals.entries()) {
      c.send(`${HANDSHAKE.replace('/chat', `/${i}`)}\r\n`);
      const { status: got, headers, body: said } = await c.answer();
      assert.deepEqual([got, said], [status, fields.includes('chunked') ? 'who?' : body]);
      for (const [name, value] of fields.split('\r\n').map((line) => line.split(': '))) if (name !== 'Transfer-Encoding') assert.equal(headers[name!.toLowerCase()], value);
    }
    assert.equal(target.connections.length, 1);
  });

  it('answers 502 to a 101 that nobody asked for', async () => {
    const target = await backend({ answer: perRequest(() => SWITCHED) });
    const at = await stage({ targets: [target.port] });
    for (const asked of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', `${HANDSHAKE.replace('GET', 'HEAD')}\r\n`]) {
      assert.equal((await ask(at.port, asked, { head: asked.startsWith('HEAD') })).status, 502, asked);
    }
    assert.ok(at.ended.every(({ fault }) => fault === 'upstream-malformed'));
  });
});
