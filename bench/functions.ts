/**
 * What an invocation costs: `node bench/functions.ts [seconds]`. CPU of the host and of the function, beside plain IPC with a child process (the limit for anything that
 * runs a function in a process of its own), one call after the other and several at once; cold starts; memory of an idle environment.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { FunctionBench } from '../test/support/function-bench.ts';
import { Balancer, clientSettings, forward } from '../test/support/load/balancer.ts';
import { startTurnpike } from '../test/support/turnpike.ts';
import { zipFiles } from '../test/support/zip.ts';

const SECONDS = Number(process.argv[2] ?? 3);
const EVENT = JSON.stringify({ httpMethod: 'GET', path: '/function/1', headers: { host: 'a.test', 'user-agent': 'x'.repeat(60) }, queryStringParameters: {}, body: '', isBase64Encoded: false });
const COLD_STARTS = 20;
/** Long enough for a spare process to be there again. */
const PAUSE_MS = 300;
const ANSWER = "{ statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' }";

interface Measured {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly hostMicros: number;
  readonly functionMicros: number;
}

function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** `host`: process id of who runs the function, where it is not this process. */
async function measure(at: number, call: (client: number) => Promise<unknown>, { pids, host = null }: { readonly pids: () => readonly number[]; readonly host?: number | null }): Promise<Measured> {
  // As long as is measured: code that is still being compiled costs half as much again.
  const warm = performance.now() + SECONDS * 1000;
  while (performance.now() < warm) await Promise.all(Array.from({ length: at }, (_, client) => call(client)));
  const children = pids();
  const childrenBefore = children.reduce((sum, pid) => sum + cpuMs(pid), 0);
  const before = process.cpuUsage();
  const hostBefore = host === null ? 0 : cpuMs(host);
  const begun = performance.now();
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: at }, async (_, client) => {
      while (performance.now() - begun < SECONDS * 1000) {
        const started = performance.now();
        await call(client);
        times.push(performance.now() - started);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(before);
  const hostMicros = host === null ? user + system : (cpuMs(host) - hostBefore) * 1000;
  const childrenMs = children.reduce((sum, pid) => sum + cpuMs(pid), 0) - childrenBefore;
  times.sort((a, b) => a - b);
  return {
    rate: times.length / seconds, p50: times[times.length >> 1]!, p99: times[Math.floor(times.length * 0.99)]!, hostMicros: hostMicros / times.length, functionMicros: (childrenMs * 1000) / times.length,
  };
}

function row(name: string, { rate, p50, p99, hostMicros, functionMicros }: Measured): void {
  const perCore = 1_000_000 / (hostMicros + functionMicros);
  console.log(`| ${name} | ${rate.toFixed(0)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${hostMicros.toFixed(0)} | ${functionMicros.toFixed(0)} | ${perCore.toFixed(0)} |`);
}

async function ipc(at: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-ipc-'));
  writeFileSync(join(folder, 'child.cjs'), `process.on('message', (text) => { JSON.parse(text); process.send(JSON.stringify(${ANSWER})); });`);
  const children = Array.from({ length: at }, () => fork(join(folder, 'child.cjs'), { serialization: 'json' }));
  const call = (client: number): Promise<unknown> =>
    new Promise((resolve) => {
      const child = children[client] as ChildProcess;
      child.once('message', resolve);
      child.send(EVENT);
    });
  const measured = await measure(at, call, { pids: () => children.map(({ pid }) => pid!) });
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true });
  return measured;
}

/** The processes that another has started. */
function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim().split(' ').filter((each) => each !== '').map(Number));
}

/** End to end: a client's keep-alive connection, one data-plane thread, the thread that runs functions, the function. */
async function throughBalancer(at: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
  const turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '1', '--drain-seconds', '0', '--function-spares', '0'] });
  try {
    const lambda = new LambdaClient(clientSettings(turnpike.endpoint));
    const code = { ZipFile: zipFiles({ 'index.js': `exports.handler = async () => (${ANSWER});` }) };
    const made = await lambda.send(new CreateFunctionCommand({ FunctionName: 'f', Runtime: 'nodejs22.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/r', Code: code }));
    await lambda.send(new AddPermissionCommand({ FunctionName: 'f', StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com' }));
    const balancer = await Balancer.create(turnpike.endpoint);
    await balancer.rule(1, '/function/*', forward(await balancer.functionGroup('f', made.FunctionArn!)));
    const request = `GET /function/1 HTTP/1.1\r\nHost: a.test\r\nUser-Agent: ${'x'.repeat(60)}\r\n\r\n`;
    const sockets = await Promise.all(Array.from({ length: at }, async () => {
      const socket = connect({ host: '127.0.0.1', port: balancer.port, noDelay: true });
      await once(socket, 'connect');
      return socket;
    }));
    const call = (client: number): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const socket = sockets[client]!;
        socket.once('data', (bytes: Buffer) => (bytes.includes(' 200 OK') ? resolve(bytes) : reject(new Error(bytes.toString()))));
        socket.write(request);
      });
    const measured = await measure(at, call, { pids: () => childrenOf(turnpike.pid), host: turnpike.pid });
    for (const socket of sockets) socket.destroy();
    return measured;
  } finally {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log('| one process a function | calls/s | p50 ms | p99 ms | host CPU us | function CPU us | calls/s a core |\n|---|---|---|---|---|---|---|');
for (const at of [1, 8]) {
  row(`child_process IPC, ${at} at once`, await ipc(at));
  await using bench = new FunctionBench();
  const id = bench.put('f', `exports.handler = async () => (${ANSWER});`);
  row(`Node function, ${at} at once`, await measure(at, () => bench.invoke(id, EVENT, { tail: false }), { pids: () => bench.host.environments().map(({ pid }) => pid!) }));
  row(`Node function behind a load balancer, ${at} at once`, await throughBalancer(at));
}

/** Cold starts, one after the other, with the pause between them in which a spare process is started. */
async function coldStarts(runtime: 'nodejs22.x' | 'python3.12', spares: number): Promise<readonly number[]> {
  await using bench = new FunctionBench({ spares });
  const starts: number[] = [];
  for (let i = 0; i < COLD_STARTS; i++) {
    // Code that was never there: to unpack it belongs to the start.
    const id = bench.put(`cold-${i}`, runtime === 'python3.12' ? { 'index.py': `def handler(event, context): return ${i}` } : `exports.handler = async () => ${i};`, { runtime });
    await pause(PAUSE_MS);
    const started = performance.now();
    await bench.invoke(id, {}, { tail: false });
    starts.push(performance.now() - started);
    bench.remove(id);
  }
  return starts;
}

/** What the machine takes to start an interpreter that does nothing: the floor of a start without a spare. */
async function plainSpawns(command: string, options: readonly string[]): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < COLD_STARTS; i++) {
    await pause(PAUSE_MS);
    const started = performance.now();
    await new Promise((resolve) => void spawn(command, options, { stdio: 'ignore' }).on('exit', resolve));
    times.push(performance.now() - started);
  }
  return times;
}

function coldRow(name: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  console.log(`| ${name} | ${sorted[0]!.toFixed(0)} | ${sorted[sorted.length >> 1]!.toFixed(0)} | ${sorted[Math.ceil(sorted.length * 0.95) - 1]!.toFixed(0)} |`);
}

console.log('\n| cold start of a small function, ms | fastest | p50 | p95 |\n|---|---|---|---|');
coldRow('`node -e 0`, the floor', await plainSpawns(process.execPath, ['-e', '0']));
coldRow('Node function, no spare process', await coldStarts('nodejs22.x', 0));
coldRow('Node function, spare process', await coldStarts('nodejs22.x', 1));
coldRow('`python3 -c 0`, the floor', await plainSpawns('python3', ['-c', '0']));
coldRow('Python function, no spare process', await coldStarts('python3.12', 0));
coldRow('Python function, spare process', await coldStarts('python3.12', 1));

{
  await using bench = new FunctionBench({ spares: 1 });
  await bench.invoke(bench.put('idle', 'exports.handler = async () => 1;'), {}, { tail: false });
  await pause(PAUSE_MS);
  const memory = (pid: number | undefined): string => {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const mb = (name: string): string => (Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024).toFixed(1);
    return `${mb('VmRSS')} MB resident, ${mb('RssAnon')} MB of its own`;
  };
  console.log(`\nidle environment: ${memory(bench.host.environments()[0]!.pid)}; spare process: ${memory(bench.host.spares()[0])}`);
}
process.exit();
