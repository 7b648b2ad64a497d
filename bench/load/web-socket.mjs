// WebSocket messages of 64 octets, each sent when the one before has come back: node web-socket.mjs PORT SECONDS CONNECTIONS HOST ECHO-SOCKET
// The echo that the backend passes them to is here too.
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const [port, seconds, connections, host, echo] = [Number(process.argv[2]), Number(process.argv[3]), Number(process.argv[4]), process.argv[5], process.argv[6]];
const HANDSHAKE = `GET /ws HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
/** From which they come in turn: the ports of one address are not enough for all. */
const SOURCES = 8;
// nobody on the way looks into frames: octets will do
const MESSAGE = Buffer.alloc(70, 0x82);

rmSync(echo, { force: true });
const server = createServer((socket) => {
  let switched = false;
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    if (switched) return socket.write(data);
    switched = true;
    socket.write(SWITCHED);
  });
});
await new Promise((resolve) => server.listen(echo, resolve));

const times = [];
let [requests, errors] = [0, 0];
let stopped = false;
const sockets = new Set();

function one() {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, localAddress: `127.0.0.${1 + (sockets.size % SOURCES)}` }, () => socket.write(HANDSHAKE));
    sockets.add(socket);
    let [head, got, begun] = ['', 0, 0];
    socket.on('data', (data) => {
      if (begun === 0) {
        head += data.toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        if (!head.startsWith('HTTP/1.1 101')) return socket.destroy();
        resolve();
        begun = performance.now();
        return socket.write(MESSAGE);
      }
      got += data.length;
      if (got < MESSAGE.length) return;
      got = 0;
      requests++;
      const now = performance.now();
      times.push((now - begun) * 1000);
      begun = now;
      if (stopped) socket.destroy();
      else socket.write(MESSAGE);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!stopped) errors++;
      resolve();
    });
  });
}

const started = performance.now();
for (let done = 0; done < connections; done += 100) await Promise.all(Array.from({ length: Math.min(100, connections - done) }, one));
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
stopped = true;
times.sort((a, b) => a - b);
const at = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
process.stdout.write(`RESULT ${JSON.stringify({ requests, us: Math.round((performance.now() - started) * 1000), bytes: 0, p50: at(0.5), p99: at(0.99), p999: at(0.999), errors })}\n`);
process.exit(0);
