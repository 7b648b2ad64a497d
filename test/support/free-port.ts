import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Ports below those that systems hand out by themselves (RFC 6056 section 3.2; Linux: from 32,768): a port of those, free a moment ago, can be another program's
 * by the time that the listener it was wanted for is made. Each process has a block of its own, held by the UDP socket on its first port.
 */
const FIRST = 20_000;
const BLOCK = 64;
const BLOCKS = 196;

let next = 0;
let end = 0;

/** A port of 127.0.0.1 that nobody listens on, and that no other caller is told: a listener's port has to be known when it is made. */
export async function freePort(): Promise<number> {
  for (;;) {
    if (next === end) await claimBlock();
    const port = next++;
    if (await isFree(port)) return port;
  }
}

async function claimBlock(): Promise<void> {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let i = 0; i < BLOCKS; i++) {
    const first = FIRST + ((start + i) % BLOCKS) * BLOCK;
    if (!(await holds(first))) continue;
    // two that ask at once may both come here; the later block is the one that is used
    next = first;
    end = first + BLOCK;
    return;
  }
  throw new Error(`other processes hold all blocks of ports from ${FIRST} on: end them`);
}

function holds(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => {
      socket.unref();
      resolve(true);
    });
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
