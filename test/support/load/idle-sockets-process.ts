/**
 * Opens many WebSocket connections and keeps them idle: `node idle-sockets-process.ts PORT HOST PATH`. Takes lines on standard input: `open N` makes it
 * hold N more, `received` tells how many messages came, `close` lets all go. Answers each with one line of JSON. Frames of the server are counted, not kept:
 * the client must not be what is measured.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const [port = '0', host = 'localhost', path = '/'] = process.argv.slice(2);
/** Connections that are being opened at a time. */
const AT_A_TIME = 50;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const sockets = new Set<Socket>();
let received = 0;
let lost = 0;

function open(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    let switched = false;
    sockets.add(socket);
    socket.once('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`));
    socket.on('data', (chunk: Buffer) => {
      if (switched) return void countFrames(chunk);
      switched = true;
      resolve(chunk.toString('latin1', 9, 12) === '101');
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      if (sockets.delete(socket)) lost++;
      resolve(false);
    });
  });
}

/** Small unfragmented frames that come whole, as those of the test do. */
function countFrames(chunk: Buffer): void {
  for (let at = 0; at + 1 < chunk.length; at += 2 + (chunk[at + 1]! & 127)) received++;
}

async function openMany(count: number): Promise<number> {
  let left = count;
  let opened = 0;
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (left-- > 0) if (await open()) opened++;
  }));
  return opened;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [word, count] = line.split(' ');
  if (word === 'open') console.log(JSON.stringify({ opened: await openMany(Number(count)) }));
  else if (word === 'received') console.log(JSON.stringify({ received }));
  else {
    const closed = sockets.size;
    const all = [...sockets];
    sockets.clear();
    for (const socket of all) socket.destroy();
    console.log(JSON.stringify({ closed, lost }));
  }
}
process.exit();
