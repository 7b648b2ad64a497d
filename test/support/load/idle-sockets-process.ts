/**
 * Opens many WebSocket connections and keeps them idle: `node idle-sockets-process.ts PORT HOST PATH`. Takes lines on standard input: `open N` makes it
 * hold N more, `say` sends a message on each and waits for an answer to every one, `received` tells how many messages came, `close` lets all go. Answers each with
 * one line of JSON. Frames of the server are counted, not kept: the client must not be what is measured.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const [port = '0', host = 'localhost', path = '/'] = process.argv.slice(2);
/** Connections that are being opened at a time. */
const AT_A_TIME = 50;
/** From which they come in turn: the ports of one are not enough for all tests there are. */
const SOURCES = 8;
/** A masked text frame: `hi`. */
const HI = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
const SAY_WITHIN_MS = 30_000;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const sockets = new Set<Socket>();
let received = 0;
let lost = 0;
let opened = 0;
let answered: (() => void) | null = null;

function open(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: `127.0.0.${1 + (opened++ % SOURCES)}` });
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
  answered?.();
}

/** A message on each; how many answers came. */
async function sayAll(): Promise<number> {
  const before = received;
  const wanted = before + sockets.size;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, SAY_WITHIN_MS);
    answered = () => {
      if (received < wanted) return;
      answered = null;
      clearTimeout(timer);
      resolve();
    };
    for (const socket of sockets) socket.write(HI);
  });
  return received - before;
}

async function openMany(count: number): Promise<number> {
  let left = count;
  let switched = 0;
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (left-- > 0) if (await open()) switched++;
  }));
  return switched;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [word, count] = line.split(' ');
  if (word === 'open') console.log(JSON.stringify({ opened: await openMany(Number(count)) }));
  else if (word === 'say') console.log(JSON.stringify({ answered: await sayAll() }));
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
