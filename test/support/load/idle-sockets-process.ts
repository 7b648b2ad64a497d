/**
 * Opens many WebSocket connections and keeps them idle: `node idle-sockets-process.ts PORT HOST PATH`. Takes lines on standard input: `open N` makes it
 * hold N more, `say` sends a message on each and waits for an answer to every one, `heard N` waits for N messages and tells how many sockets have had how many since it was asked
 * last, `close` lets all go. Answers each with one line of JSON. Frames of the server are counted, not kept: the client must not be what is measured.
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
const WITHIN_MS = 30_000;
/** For what would be one message too many. */
const SETTLE_MS = 300;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** Messages that each has had since the last `heard`. */
const sockets = new Map<Socket, number>();
/** All messages since then. */
let received = 0;
let lost = 0;
let opened = 0;
let came: (() => void) | null = null;

function open(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: `127.0.0.${1 + (opened++ % SOURCES)}` });
    let switched = false;
    sockets.set(socket, 0);
    socket.once('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`));
    socket.on('data', (chunk: Buffer) => {
      if (switched) return void countFrames(socket, chunk);
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
function countFrames(socket: Socket, chunk: Buffer): void {
  let frames = 0;
  for (let at = 0; at + 1 < chunk.length; at += 2 + (chunk[at + 1]! & 127)) frames++;
  sockets.set(socket, sockets.get(socket)! + frames);
  received += frames;
  came?.();
}

/** Until so many messages have come, or too long. */
function messages(wanted: number): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      came = null;
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(over, WITHIN_MS);
    came = () => void (received >= wanted && over());
    came();
  });
}

/** How many sockets have had how many messages; they begin anew. */
function counted(): Readonly<Record<number, number>> {
  const sums: Record<number, number> = {};
  for (const [socket, count] of sockets) {
    sums[count] = (sums[count] ?? 0) + 1;
    sockets.set(socket, 0);
  }
  received = 0;
  return sums;
}

/** A message on each; how many answers came. */
async function sayAll(): Promise<number> {
  const before = received;
  for (const socket of sockets.keys()) socket.write(HI);
  await messages(before + sockets.size);
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
  else if (word === 'heard') {
    await messages(Number(count));
    await new Promise((resolve) => void setTimeout(resolve, SETTLE_MS));
    console.log(JSON.stringify(counted()));
  }
  else {
    const closed = sockets.size;
    const all = [...sockets.keys()];
    sockets.clear();
    for (const socket of all) socket.destroy();
    console.log(JSON.stringify({ closed, lost }));
    lost = 0;
  }
}
process.exit();
