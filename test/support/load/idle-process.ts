/**
 * Opens many connections, sends one request over each, and keeps them idle: `node idle-process.ts HOST PORT PATH`. Takes lines on standard input:
 * `open N` makes it hold N more, `close` lets all go. Answers each with one line of JSON.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const [host = '127.0.0.1', port = '0', path = '/'] = process.argv.slice(2);
/** Connections that are being opened at a time. */
const AT_A_TIME = 100;
const sockets = new Set<Socket>();
let lost = 0;

function open(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    sockets.add(socket);
    socket.once('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
    socket.once('data', () => resolve(true));
    socket.on('error', () => {});
    socket.once('close', () => {
      if (sockets.delete(socket)) lost++;
      resolve(false);
    });
  });
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
  else {
    const had = sockets.size;
    const all = [...sockets];
    sockets.clear();
    for (const socket of all) socket.destroy();
    console.log(JSON.stringify({ closed: had, lost }));
  }
}
process.exit();
