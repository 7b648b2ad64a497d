// A target of WebSockets, one of several processes on one port: node web-socket-target.mjs PORT. Says back what it is told, and answers what is no handshake with 1 KB.
import { createServer } from 'node:net';

const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n${'x'.repeat(1024)}`;

const server = createServer({ noDelay: true }, (socket) => {
  let switched = false;
  let head = '';
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    if (switched) return socket.write(data);
    head += data.toString('latin1');
    if (!head.endsWith('\r\n\r\n')) return;
    switched = /^upgrade: *websocket\r$/im.test(head);
    head = '';
    socket.write(switched ? SWITCHED : ANSWER);
  });
});
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', reusePort: true, backlog: 4096 }, () => process.stdout.write('LISTENING\n'));
process.stdin.on('end', () => process.exit(0)).resume();
