// Opens connections, has one request answered on each, and keeps them idle until its standard input ends: node opener.mjs PORT COUNT [HOST [tcp|tls|web-socket]]
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [port, count, host = 'localhost', layer = 'tcp'] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4], process.argv[5]];
/** From which they come in turn: the ports of one address are not enough for all. */
const SOURCES = 8;
const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
const REQUEST = layer === 'web-socket' ? `GET /ws HTTP/1.1\r\nHost: ${host}\r\n${UPGRADE}\r\n` : `GET /1k HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
/** 1 KB of body and some head, or the head of a handshake: the answer is here. */
const answered = layer === 'web-socket' ? (got) => got.startsWith('HTTP/1.1 101') && got.endsWith('\r\n\r\n') : (got) => got.length >= 1024;
let opened = 0;
const open = new Set();
let failed = 0;

function one() {
  return new Promise((resolve) => {
    const to = { host: '127.0.0.1', port, localAddress: `127.0.0.${1 + (opened++ % SOURCES)}` };
    const ask = () => socket.write(REQUEST);
    const socket = layer === 'tls' ? connectTls({ ...to, servername: host, rejectUnauthorized: false }, ask) : connect(to, ask);
    let got = '';
    socket.on('data', (data) => {
      if (open.has(socket)) return;
      got += data.toString('latin1');
      if (answered(got)) {
        open.add(socket);
        resolve();
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!open.delete(socket)) failed++;
      resolve();
    });
  });
}

for (let done = 0; done < count; done += 100) await Promise.all(Array.from({ length: Math.min(100, count - done) }, one));
process.stdout.write(`OPEN ${open.size} FAILED ${failed}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
