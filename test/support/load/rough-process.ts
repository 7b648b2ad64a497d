/**
 * Clients that do not behave: `node rough-process.ts PORT CLIENTS`. Each does one thing after another, on a connection of its own, until standard
 * input ends: leaves in the middle of a request or of an answer, sends or reads slowly, sends what is no HTTP, closes its half. Prints how often
 * each ended as it should, and what did not, as JSON.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const [port = '0', clients = '8'] = process.argv.slice(2);
const PATIENCE_MS = 20_000;
const done: Record<string, number> = {};
const wrong: string[] = [];
const stop = new AbortController();

interface Conversation {
  readonly socket: Socket;
  readonly connected: Promise<boolean>;
  /** All that came, once it is over, however it ended. */
  readonly over: Promise<string>;
}

function converse(): Conversation {
  const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true, allowHalfOpen: true });
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => (text += part));
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
  const over = new Promise<string>((resolve) => void socket.once('close', () => {
    clearTimeout(timer);
    resolve(text);
  }));
  const connected = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('close', () => resolve(false));
  });
  return { socket, connected, over };
}

const HEAD = ' HTTP/1.1\r\nHost: localhost\r\n';

/** Null: it went as it should. */
const BEHAVIOURS: Readonly<Record<string, (conversation: Conversation) => Promise<string | null>>> = {
  async 'leaves within the head'({ socket, over }) {
    socket.write(`GET /app/x${HEAD}X-Half: `);
    await pause(5);
    socket.destroy();
    await over;
    return null;
  },
  async 'leaves within the body'({ socket, over }) {
    socket.write(`POST /app/x${HEAD}Content-Length: 10000\r\n\r\nbegin`);
    await pause(5);
    socket.destroy();
    await over;
    return null;
  },
  async 'leaves before the answer'({ socket, over }) {
    socket.write(`GET /app/slow/50${HEAD}\r\n`);
    await pause(10);
    socket.destroy();
    await over;
    return null;
  },
  async 'leaves within the answer'({ socket, over }) {
    socket.write(`GET /app/big/3000000${HEAD}\r\n`);
    socket.once('data', () => socket.destroy());
    await over;
    return null;
  },
  async 'leaves a function alone'({ socket, over }) {
    socket.write(`GET /function/left${HEAD}\r\n`);
    await pause(3);
    socket.destroy();
    await over;
    return null;
  },
  async 'sends slowly'({ socket, over }) {
    const request = `POST /app/x${HEAD}Connection: close\r\nContent-Length: 30\r\n\r\n${'y'.repeat(30)}`;
    for (let at = 0; at < request.length; at += 9) {
      socket.write(request.slice(at, at + 9));
      await pause(10);
    }
    const text = await over;
    return text.startsWith('HTTP/1.1 200 ') && text.includes('POST 30') ? null : text.slice(0, 200);
  },
  async 'reads slowly'({ socket, over }) {
    socket.write(`GET /app/big/2000000${HEAD}Connection: close\r\n\r\n`);
    for (let n = 0; n < 10; n++) {
      socket.pause();
      await pause(20);
      socket.resume();
      await pause(2);
    }
    const text = await over;
    const body = text.length - text.indexOf('\r\n\r\n') - 4;
    return text.startsWith('HTTP/1.1 200 ') && body === 2_000_000 ? null : `${text.slice(0, 100)}... ${body} characters of body`;
  },
  async 'is no HTTP'({ socket, over }) {
    socket.write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', 'latin1');
    const text = await over;
    return text.startsWith('HTTP/1.1 400 ') ? null : text.slice(0, 200);
  },
  async 'is ambiguous'({ socket, over }) {
    socket.write(`POST /app/x${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
    const text = await over;
    // in the mode `defensive`, the default, what is ambiguous is mended and served, and the connection closed
    return text.startsWith('HTTP/1.1 200 ') && text.includes('Connection: close\r\n') && text.includes('POST 0') ? null : text.slice(0, 200);
  },
  async 'sends three at once'({ socket, over }) {
    socket.write(`GET /app/1${HEAD}\r\nGET /nothing${HEAD}\r\nGET /app/3${HEAD}Connection: close\r\n\r\n`);
    const statuses = [...(await over).matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1]).join(' ');
    return statuses === '200 404 200' ? null : statuses;
  },
};

async function client(): Promise<void> {
  const names = Object.keys(BEHAVIOURS);
  while (!stop.signal.aborted) {
    const name = names[Math.floor(Math.random() * names.length)]!;
    const conversation = converse();
    if (!(await conversation.connected)) {
      wrong.push(`${name}: no connection`);
      await pause(50);
      continue;
    }
    const why = await BEHAVIOURS[name]!(conversation);
    conversation.socket.destroy();
    if (why === null) done[name] = (done[name] ?? 0) + 1;
    else if (wrong.length < 20) wrong.push(`${name}: ${why}`);
  }
}

process.stdin.resume();
process.stdin.once('end', () => stop.abort());
await Promise.all(Array.from({ length: Number(clients) }, () => client()));
process.stdout.write(`${JSON.stringify({ done, wrong })}\n`, () => process.exit());
