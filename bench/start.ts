/**
 * How long a start takes: `node bench/start.ts [starts] [node]`. From the spawn of `node bin/turnpike.mjs serve` on a data folder with a listener to that listener's first answer,
 * and until it says that it is ready. `node` may be an older one, which goes on as the one that came along.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.ts';
import { Control } from './contenders/control.ts';
import { configure, reachable } from './contenders/turnpike.ts';

const PROGRAM = fileURLToPath(new URL('../bin/turnpike.mjs', import.meta.url));
const STARTS = Number(process.argv[2] ?? 10);
const NODE = process.argv[3] ?? process.execPath;
/** The first start of a version compiles its code and keeps it. */
const WARM_UP = 2;
const WITHIN_MS = 20_000;

/** The first octets of an answer within `WITHIN_MS`, asked for every other millisecond until somebody listens. */
async function firstAnswer(port: number, host: string): Promise<void> {
  const end = performance.now() + WITHIN_MS;
  while (performance.now() < end) {
    const socket = connect({ host: '127.0.0.1', port });
    const answered = new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.once('data', (data) => resolve(data.toString('latin1').startsWith('HTTP/1.1 200')));
    });
    socket.once('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    const done = await answered;
    socket.destroy();
    if (done) return;
    await pause(2);
  }
  throw new Error(`no answer at port ${port} within ${WITHIN_MS} ms`);
}

/** One start and stop; milliseconds. */
async function start(dataFolder: string, listener: { readonly port: number; readonly host: string }): Promise<{ readonly first: number; readonly ready: number }> {
  const endpoint = `127.0.0.1:${await freePort()}`;
  const begun = performance.now();
  const child = spawn(NODE, [PROGRAM, 'serve', '--json', '--data', dataFolder, '--endpoint', endpoint, '--drain-seconds', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ready = once(child.stdout, 'data').then(() => performance.now() - begun);
  await firstAnswer(listener.port, listener.host);
  const first = performance.now() - begun;
  const times = { first, ready: await ready };
  // what is kept for the next start is written at the end of this one
  await pause(300);
  child.kill('SIGTERM');
  await once(child, 'exit');
  return times;
}

/** A data folder with a balancer whose listener answers by itself. */
async function prepared(dataFolder: string): Promise<{ readonly port: number; readonly host: string }> {
  const [endpoint, port] = [`127.0.0.1:${await freePort()}`, await freePort()];
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--data', dataFolder, '--endpoint', endpoint], { stdio: 'ignore' });
  for (let tries = 0; !(await reachable(`http://${endpoint}/`)); tries++) {
    if (tries === 400) throw new Error(`the control endpoint ${endpoint} does not answer`);
    await pause(50);
  }
  const none = { certificate: '', key: '', bundle: '' };
  const { host } = await configure(new Control(`http://${endpoint}`), { mode: 'fixed', rules: 10, feature: 'none', serve: [] }, { port, backendPort: 9, grpcPort: 9, indexingPort: 9, folder: dataFolder, certificate: none });
  await firstAnswer(port, host);
  child.kill('SIGTERM');
  await once(child, 'exit');
  return { port, host };
}

function row(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  console.log(`${name.padEnd(16)} median ${sorted[sorted.length >> 1]!.toFixed(0)} ms, fastest ${sorted[0]!.toFixed(0)}, slowest ${sorted.at(-1)!.toFixed(0)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'turnpike-start-'));
try {
  const dataFolder = join(folder, 'data');
  const listener = await prepared(dataFolder);
  const times: { readonly first: number; readonly ready: number }[] = [];
  for (let n = 0; n < WARM_UP + STARTS; n++) {
    const one = await start(dataFolder, listener);
    if (n >= WARM_UP) times.push(one);
  }
  console.log(`${STARTS} starts with ${NODE}`);
  row('first answer', times.map(({ first }) => first));
  row('ready', times.map(({ ready }) => ready));
} finally {
  rmSync(folder, { recursive: true });
}
