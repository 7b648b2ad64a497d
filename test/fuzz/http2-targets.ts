/**
 * Fuzzes the client role of the HTTP/2 codec: `node test/fuzz/http2-targets.ts [--cases N] [--seed S]`. Case i has the seed S + i and nothing else. Each case is
 * a connection to a target that says frames and header blocks, in order or not (`target-script.ts`), while clients begin, send, pause, go on and leave; once frame
 * by frame, and again cut anywhere. Nothing may throw, every octet must come to the exchange that it is for, the windows of both sides must hold, exchanges whose streams
 * are in order must be served whatever others do, an error of the connection must close it, and each exchange must end once.
 */
import type { OnReadOpts, Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { faults, type Fault } from '../../src/data-plane/exchange/index.ts';
import { Http2Upstream, STREAMS_FIRST, type Http2Origin } from '../../src/data-plane/upstreams/connections/http2.ts';
import { Http2Request } from '../../src/data-plane/upstreams/connections/http2-request.ts';
import { UpstreamWorker } from '../../src/data-plane/upstreams/worker.ts';
import { FakeClock, seededRandom, Wheel, type Random } from '../../src/kernel/index.ts';
import { ACK, T } from '../e2e/http2/raw.ts';
import { FrameScratch } from './frame-scratch.ts';
import { FuzzTurn, Wire } from './frame-wire.ts';
import { SaidFrames, type SaidFrame } from './said-frames.ts';
import { Call, mustBe } from './target-call.ts';
import { BAD_CONNECTION, MUTATED, ScriptWriter, SETTINGS, type Script, type Step } from './target-script.ts';

export interface TargetFuzzRun {
  readonly cases: number;
  readonly whole: number;
  readonly broken: number;
  readonly refused: number;
  readonly failures: readonly { readonly seed: number; readonly error: Error }[];
}

const PREFACE_OCTETS = 24;
const WINDOW = 65_535;
const CONNECTION_WINDOW = 16 * 1024 * 1024;

const clock = new FakeClock();
const worker = new UpstreamWorker(clock, new Wheel(clock));
const turn = new FuzzTurn();
(worker as { writes: unknown }).writes = turn;
const scratch = new FrameScratch();

/** One connection, and what the target's end of it knows. */
class Conversation {
  readonly calls: Call[] = [];
  readonly wire = new Wire();
  readonly said = new SaidFrames((frame) => this.#judge(frame));
  readonly #script: Script;
  readonly #connection: Http2Upstream;
  #onread: OnReadOpts | null = null;
  #heard = 0;
  /** What the target lets us send, and what it has got; by stream, 0 is the connection. Null: nobody knows. */
  readonly #windows: Map<number, number> | null;
  #initial = WINDOW;
  /** SETTINGS_INITIAL_WINDOW_SIZE as it holds, and as it will with each SETTINGS that is not acknowledged yet. */
  readonly #settings = [WINDOW];
  readonly #got = new Map<number, number>();
  readonly #credits = new Map<number, number>();
  #fed = 0;

  constructor(script: Script, judgesWindows: boolean) {
    this.#script = script;
    this.#windows = judgesWindows ? new Map([[0, WINDOW]]) : null;
    const origin: Http2Origin = {
      worker, secure: false, trailers: false, expected: STREAMS_FIRST, leaving: () => {}, closed: () => {},
      move: (request) => request.failed(faults['upstream-refused'], null),
      dial: (onread) => {
        this.#onread = onread;
        return this.wire as unknown as Socket;
      },
    };
    this.#connection = new Http2Upstream(origin);
    this.wire.emit('connect');
    turn.end();
    this.#heard = PREFACE_OCTETS;
    this.listen();
  }

  feed(octets: Buffer, from: number, to: number): void {
    const buffer = worker.readBuffer;
    for (let at = from; at < to; at += buffer.length) {
      const length = Math.min(to - at, buffer.length);
      // read into the thread's own buffer, which is overwritten by the next read
      octets.copy(buffer, 0, at, at + length);
      if (!this.wire.destroyed) this.#onread!.callback(length, buffer);
      buffer.fill(0xa5, 0, length);
    }
    this.#fed += to - from;
  }

  /** The window that a frame has opened. */
  opened({ stream, octets }: { readonly stream: number; readonly octets: number }): void {
    const windows = this.#windows;
    if (windows === null) return;
    if (stream === SETTINGS) {
      this.#settings.push(octets);
      this.#settle(windows);
    } else windows.set(stream, (windows.get(stream) ?? 0) + octets);
  }

  /** What was said before it was acknowledged keeps to the larger of the windows. */
  #settle(windows: Map<number, number>): void {
    const initial = Math.max(...this.#settings);
    for (const [id, window] of windows) if (id !== 0) windows.set(id, window + initial - this.#initial);
    this.#initial = initial;
  }

  act(step: Exclude<Step, { readonly kind: 'feed' }>): void {
    switch (step.kind) {
      case 'clog':
        this.wire.clogged = true;
        return;
      case 'unclog':
        return this.wire.unclog();
      case 'start':
        return this.#start(step.body);
      case 'give':
        return this.calls[step.call]!.give(step.octets);
      case 'giveEnd':
        return this.calls[step.call]!.giveEnd();
      case 'leave': {
        const call = this.calls[step.call]!;
        if (!call.ended) call.leave();
        return;
      }
      case 'resume':
        return this.calls[step.call]!.resume();
      case 'pause': {
        const call = this.calls[step.call]!;
        if (!call.paused && !call.ended) call.armed = true;
      }
    }
  }

  #start(body: boolean): void {
    const stream = this.calls.length * 2 + 1;
    const call = new Call(stream, { body, exact: this.#script.disorder !== MUTATED });
    this.calls.push(call);
    this.#windows?.set(stream, this.#initial);
    const owner = { unanswered: (_: unknown, fault: Fault): void => call.end(fault.code) };
    new Http2Request(this.#connection).start(call, [`${call.method} ${call.target} HTTP/1.1\r\nHost: example.com\r\n`, `x-number: ${stream % 3}\r\nX-Amzn-Trace-Id: `, `${stream}`, '\r\n\r\n'], owner);
  }

  /** Hears what has been said since. */
  listen(): void {
    const { said } = this.wire;
    const from = this.#heard;
    this.#heard = said.length;
    this.said.read(said.subarray(from));
  }

  #judge({ type, flags, stream, payload }: SaidFrame): void {
    if (stream % 2 === 0 && stream !== 0) throw new Error(`a frame on stream ${stream}`);
    if (type === T.SETTINGS && (flags & ACK) !== 0) {
      this.#settings.shift();
      if (this.#windows !== null && this.#settings.length > 0) this.#settle(this.#windows);
    } else if (type === T.DATA) {
      const got = this.#got.get(stream) ?? 0;
      mustBe(stream, got, payload);
      this.#got.set(stream, got + payload.length);
      this.#spend(0, payload.length);
      this.#spend(stream, payload.length);
    } else if (type === T.WINDOW_UPDATE) {
      const credit = (this.#credits.get(stream) ?? 0) + payload.readUInt32BE(0);
      this.#credits.set(stream, credit);
      // no more room than was taken: what waits for a client is never more than its first window
      const taken = stream === 0 ? CONNECTION_WINDOW - WINDOW + this.#fed : this.calls[(stream - 1) / 2]!.received + (this.#script.expected[(stream - 1) / 2]?.padding ?? 0);
      if (this.#script.disorder !== MUTATED && credit > taken) throw new Error(`stream ${stream} is given back ${credit} of ${taken}`);
    }
  }

  #spend(stream: number, octets: number): void {
    const windows = this.#windows;
    if (windows === null) return;
    const left = windows.get(stream)! - octets;
    if (left < 0 && octets > 0) throw new Error(`more is said on stream ${stream} than its window has room for`);
    windows.set(stream, left);
  }

  /** It takes nothing more: a rule of the connection was broken. */
  get closed(): boolean {
    return !this.#connection.isOpen;
  }

  close(): void {
    turn.end();
    this.listen();
    this.wire.emit('close', false);
    turn.end();
    this.listen();
    // an answer that came whole outlives its connection
    for (const call of this.calls) if (!call.ended) call.resume();
    for (const call of this.calls) if (!call.ended) throw new Error(`stream ${call.stream} never ends`);
  }
}

/** What came of the exchanges before the connection was closed. Where octets were changed only what was begun: a client may go before or after a frame that ends nowhere. */
function outcomes({ disorder }: Script, { calls, closed }: Conversation): string {
  const all = disorder !== MUTATED;
  return JSON.stringify([closed, calls.map(({ outcome, status, lines, received, trailers, informed }) => [status, lines, informed, ...(all ? [outcome, outcome === 'whole' ? received : 0, trailers] : [])])]);
}

function frameByFrame(script: Script): Conversation {
  const conversation = new Conversation(script, script.disorder !== MUTATED);
  let from = 0;
  for (const step of script.steps) {
    if (step.kind === 'feed') {
      if (step.window !== null) conversation.opened(step.window);
      conversation.feed(script.octets, from, step.to);
      from = step.to;
    } else conversation.act(step);
    turn.end();
    conversation.listen();
  }
  return conversation;
}

function inPieces(script: Script, random: Random): Conversation {
  const conversation = new Conversation(script, false);
  let from = 0;
  let to = 0;
  const flow = (): void => {
    while (from < to) {
      const next = random.number() < 0.4 ? to : from + 1 + Math.floor(random.number() * (random.number() < 0.3 ? Math.min(20, to - from) : to - from));
      conversation.feed(script.octets, from, Math.min(next, to));
      from = Math.min(next, to);
      if (random.number() < 0.3) turn.end();
    }
  };
  for (const step of script.steps) {
    if (step.kind === 'feed') to = step.to;
    else {
      flow();
      conversation.act(step);
    }
  }
  flow();
  turn.end();
  return conversation;
}

/** That what came of it is what had to come of it. */
function judge(script: Script, conversation: Conversation): void {
  const { disorder, expected } = script;
  const { calls, closed } = conversation;
  if (disorder === BAD_CONNECTION && !closed) throw new Error('an error of the connection does not close it');
  if (disorder !== BAD_CONNECTION && closed) throw new Error('the connection is closed without a reason');
  for (const [index, { outcome, status, lines, octets, trailers, informed }] of expected.entries()) {
    const call = calls[index]!;
    const what = `stream ${call.stream}, ${outcome}: ${call.outcome}`;
    switch (outcome) {
      case 'open':
        if (call.ended !== closed) throw new Error(what);
        break;
      case 'whole':
        if (call.outcome !== 'whole' || call.status !== status || call.received !== octets || call.trailers !== trailers || call.informed !== informed) {
          throw new Error(`${what}, ${call.status} of ${call.received} octets, ${call.informed} informational, and not ${status} of ${octets}, ${informed}`);
        }
        if (call.lines.toSorted().join() !== lines.toSorted().join()) throw new Error(`${what}, ${JSON.stringify(call.lines)} and not ${JSON.stringify(lines)}`);
        break;
      case 'left':
        if (call.outcome !== 'left') throw new Error(what);
        break;
      case 'refused':
        if (call.outcome !== 'upstream-refused') throw new Error(what);
        break;
      case 'broken':
        if (!call.outcome.startsWith('upstream-')) throw new Error(what);
    }
  }
}

export function fuzzTargets(options: { readonly cases: number; readonly seed: number }): TargetFuzzRun {
  const failures: { seed: number; error: Error }[] = [];
  const counts = { whole: 0, broken: 0, refused: 0 };
  let cases = 0;
  for (; cases < options.cases && failures.length < 10; cases++) {
    const seed = options.seed + cases;
    const random = seededRandom(seed);
    try {
      const script = new ScriptWriter(random, scratch).write();
      const first = frameByFrame(script);
      if (script.disorder !== MUTATED) judge(script, first);
      const came = outcomes(script, first);
      first.close();
      for (const { outcome } of first.calls) if (outcome === 'whole') counts.whole++; else counts.broken++;
      if (first.said.broken) counts.refused++;
      const second = inPieces(script, random);
      const again = outcomes(script, second);
      second.close();
      if (again !== came) throw new Error(`in pieces ${again}, frame by frame ${came}`);
    } catch (error) {
      failures.push({ seed, error: error as Error });
      turn.end();
    }
    if (cases % 1000 === 0) clock.advance(1000);
  }
  return { cases, ...counts, failures };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } } });
  const begun = performance.now();
  const { cases, whole, broken, refused, failures } = fuzzTargets({ cases: Number(values.cases), seed: Number(values.seed) });
  for (const { seed, error } of failures) console.error(`seed ${seed}: ${error.stack}\n`);
  console.log(`${whole} answers were whole, ${broken} were not, ${refused} connections ended by an error`);
  console.log(`${cases} cases, ${failures.length} failures, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
