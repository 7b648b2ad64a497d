/**
 * A load generator as a process of its own, over plain sockets: its latencies are those of the server and not of an HTTP client, and it misses
 * nothing that an HTTP client would mend silently (a retried request, a reopened connection). Settings come as JSON in the first argument; ends
 * when its standard input does; then prints one `LoadResult` as JSON.
 */
import { connect, type Socket } from 'node:net';
import type { LoadFailure, LoadResult, LoadSettings, LoadWindow, Shot } from './load.ts';

const settings = JSON.parse(process.argv[2]!) as LoadSettings;
const FAILURES_KEPT = 20;
const GIVE_UP_MS = 30_000;
const started = performance.now();
const byStatus: Record<string, number> = {};
const ids: Record<string, number> = {};
const failures: LoadFailure[] = [];
let failed = 0;
let done = 0;
let reconnects = 0;
let shots = 0;
let stopping = false;
let open = 0;

/** Latencies of every answer, and the window in which it ended. */
const latencies: number[] = [];
const ends: number[] = [];

function fail(shot: Shot | null, why: string): void {
  failed++;
  if (failures.length < FAILURES_KEPT) failures.push({ atMs: Math.round(performance.now() - started), request: shot === null ? '-' : `${shot.method} ${shot.path}`, why });
}

class Client {
  readonly #id: number;
  #socket: Socket | null = null;
  #buffer = '';
  #shot: Shot | null = null;
  #shotId = '';
  #sentAt = 0;
  #requests = 0;

  constructor(id: number) {
    this.#id = id;
  }

  begin(): void {
    open++;
    this.#connect();
  }

  check(now: number): void {
    if (this.#shot !== null && now - this.#sentAt > GIVE_UP_MS) {
      fail(this.#shot, `no answer in ${GIVE_UP_MS} ms`);
      this.#shot = null;
      this.#again(true);
    }
  }

  #connect(): void {
    this.#buffer = '';
    this.#requests = 0;
    const socket = connect({ host: settings.host, port: settings.port, noDelay: true });
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.once('connect', () => this.#next());
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', (error) => this.#lost(socket, error.message));
    socket.on('end', () => this.#lost(socket, 'the server ended the connection'));
    socket.on('close', () => this.#lost(socket, 'the connection was closed'));
  }

  #lost(socket: Socket, why: string): void {
    if (socket !== this.#socket) return;
    const shot = this.#shot;
    this.#shot = null;
    if (shot !== null) {
      if (shot.ids === true) ids[this.#shotId] = 0;
      fail(shot, `${why}, ${this.#buffer.length} characters of the answer had come, on request ${this.#requests} of its connection`);
    } else if (this.#requests === 0) fail(null, `${why} before a request was sent`);
    this.#again(true);
  }

  #again(fresh: boolean): void {
    if (fresh) {
      this.#socket?.destroy();
      this.#socket = null;
    }
    if (stopping) {
      this.#socket?.destroy();
      this.#socket = null;
      if (--open === 0) report();
      return;
    }
    if (this.#socket === null) {
      reconnects++;
      // a server that refuses must not be asked in a tight loop
      setTimeout(() => this.#connect(), failed === 0 ? 0 : 10);
    } else if (settings.pauseMs > 0) setTimeout(() => (stopping ? this.#again(false) : this.#next()), settings.pauseMs * (0.5 + Math.random()));
    else this.#next();
  }

  #next(): void {
    if (this.#socket === null) return;
    const shot = settings.shots[shots++ % settings.shots.length]!;
    this.#shot = shot;
    this.#requests++;
    let head = `${shot.method} ${shot.path} HTTP/1.1\r\nHost: ${settings.hostHeader}\r\n`;
    for (const [name, value] of Object.entries(shot.headers ?? {})) head += `${name}: ${value}\r\n`;
    if (shot.ids === true) head += `X-Id: ${(this.#shotId = `${settings.name}-${this.#id}-${shots}`)}\r\n`;
    const body = shot.body ?? '';
    if (shot.chunked === true) head += `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    else head += body === '' && shot.method === 'GET' ? '\r\n' : `Content-Length: ${body.length}\r\n\r\n${body}`;
    this.#buffer = '';
    this.#sentAt = performance.now();
    this.#socket.write(head, 'latin1');
  }

  #read(text: string): void {
    this.#buffer = this.#buffer === '' ? text : this.#buffer + text;
    const answer = wholeAnswer(this.#buffer);
    if (answer === null) return;
    const shot = this.#shot;
    if (shot === null) return fail(null, `an answer that nobody asked for: ${this.#buffer.slice(0, 60)}`);
    this.#shot = null;
    const now = performance.now();
    latencies.push(now - this.#sentAt);
    ends.push(now - started);
    done++;
    byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1;
    if (shot.ids === true) ids[this.#shotId] = answer.status;
    if (!(shot.expect ?? [200]).includes(answer.status)) fail(shot, `${answer.status} ${this.#buffer.slice(0, 200)}`);
    if (answer.extra) fail(shot, `more came than the answer has: ${this.#buffer.slice(-60)}`);
    this.#again(answer.close || (settings.requestsPerConnection > 0 && this.#requests >= settings.requestsPerConnection));
  }
}

interface Answer {
  readonly status: number;
  readonly close: boolean;
  readonly extra: boolean;
}

/** Null: it is not whole. */
function wholeAnswer(text: string): Answer | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = text.slice(0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const close = head.includes('\r\nconnection: close');
  const from = headEnd + 4;
  const at = head.indexOf('\r\ncontent-length: ');
  if (at >= 0) {
    const length = Number.parseInt(head.slice(at + 18, at + 30), 10);
    const have = text.length - from;
    return have < length ? null : { status, close, extra: have > length };
  }
  if (head.includes('\r\ntransfer-encoding: chunked')) return text.endsWith('\r\n0\r\n\r\n') ? { status, close, extra: false } : null;
  return { status, close, extra: text.length > from };
}

function report(): void {
  clearInterval(watch);
  const sorted = Float64Array.from(latencies).sort();
  const quantile = (q: number): number => (sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!);
  const windows: LoadWindow[] = [];
  const byWindow = Map.groupBy(latencies.keys(), (index) => Math.floor(ends[index]! / settings.windowMs));
  for (const [window, indexes] of [...byWindow].sort(([a], [b]) => a - b)) {
    const own = Float64Array.from(indexes, (index) => latencies[index]!).sort();
    windows.push({ atMs: window * settings.windowMs, count: own.length, p50: own[own.length >> 1]!, max: own.at(-1)! });
  }
  const result: LoadResult = {
    done, failed, failures, reconnects, byStatus, ids,
    seconds: (performance.now() - started) / 1000,
    p50: quantile(0.5), p99: quantile(0.99), p999: quantile(0.999), max: sorted.at(-1) ?? 0,
    windows,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
}

const clients = Array.from({ length: settings.connections }, (_, id) => new Client(id));
for (const client of clients) client.begin();
const watch = setInterval(() => {
  for (const client of clients) client.check(performance.now());
}, 1000);
process.stdin.resume();
process.stdin.once('end', () => (stopping = true));
