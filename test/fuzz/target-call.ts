import { Exchange, NO_BODY, CHUNKED, type BodySink, type Downstream, type Fault, type ResponseHead, type ResponseSource, type Site } from '../../src/data-plane/exchange/index.ts';
import { SETTINGS } from '../e2e/http1/stage.ts';

const PERIOD = 256;
const pattern = Buffer.from(Array.from({ length: 64 * 1024 + PERIOD }, (_, i) => i & 255));

/** Octets of a body from its `from`th on: whose they are and where they belong shows. */
export function bodyOctets(stream: number, from: number, length: number): Buffer {
  const at = (stream * 31 + from) & 255;
  return pattern.subarray(at, at + length);
}

/** Throws unless the octets are those of this stream, from its `from`th on. */
export function mustBe(stream: number, from: number, octets: Buffer): void {
  for (let at = 0; at < octets.length; at += 64 * 1024) {
    const piece = octets.subarray(at, at + 64 * 1024);
    if (!bodyOctets(stream, from + at, piece.length).equals(piece)) throw new Error(`stream ${stream} has octets from ${from} on that are not its own, or not next`);
  }
}

const SITE = { listener: { http: SETTINGS } } as unknown as Site;

/** One exchange with a target, as a forward makes it: what it is told must make one answer, and end once. */
export class Call extends Exchange {
  readonly stream: number;
  /** The octets of its answer are checked. */
  readonly exact: boolean;
  committed = false;
  outcome = '';
  lines: readonly string[] = [];
  received = 0;
  trailers = '';
  informed = 0;
  /** The next piece of the answer asks for a pause. */
  armed = false;
  paused = false;
  sink: BodySink | null = null;
  blocked = false;
  /** Octets of the request's body that were given to the target. */
  given = 0;
  sentAll = false;

  constructor(stream: number, { body, exact }: { readonly body: boolean; readonly exact: boolean }) {
    super(null as unknown as Downstream);
    this.stream = stream;
    this.exact = exact;
    this.site = SITE;
    this.method = body ? 'POST' : 'GET';
    this.target = this.path = `/${stream}`;
    this.version = 20;
    this.framing = body ? CHUNKED : NO_BODY;
  }

  get ended(): boolean {
    return this.outcome !== '';
  }

  mishap(_place: string, error: unknown): void {
    throw error;
  }

  forsake(): void {
    throw new Error('it is not given up');
  }

  end(outcome: string): void {
    if (this.ended) throw new Error(`stream ${this.stream} ends twice: ${this.outcome}, ${outcome}`);
    this.outcome = outcome;
  }

  /** The client goes. */
  leave(): void {
    const { source } = this;
    this.end('left');
    this.source = null;
    source?.cancel({} as Fault);
  }

  respond(head: ResponseHead, source: ResponseSource): void {
    if (this.committed || this.ended) throw new Error(`stream ${this.stream} is answered twice`);
    this.committed = true;
    this.status = head.status;
    this.lines = head.headers.split('\r\n').slice(0, -1);
    this.source = source;
  }

  send(buffer: Buffer, start: number, end: number): boolean {
    if (!this.committed || this.ended) throw new Error(`stream ${this.stream} gets octets before its head, or after its end`);
    if (this.paused) throw new Error(`stream ${this.stream} gets octets while it waits`);
    if (this.exact) mustBe(this.stream, this.received, buffer.subarray(start, end));
    this.received += end - start;
    if (!this.armed) return true;
    this.armed = false;
    this.paused = true;
    return false;
  }

  /** The client takes more. */
  resume(): void {
    this.armed = false;
    if (!this.paused) return;
    this.paused = false;
    this.source?.resume();
  }

  finish(trailers: string): void {
    if (!this.committed) throw new Error(`stream ${this.stream} ends without a head`);
    this.trailers = trailers;
    this.end('whole');
  }

  fail(fault: Fault): void {
    if (!this.committed) throw new Error(`stream ${this.stream} fails before its head, and not to its owner`);
    this.end(fault.code);
  }

  inform(): void {
    if (this.committed || this.ended) throw new Error(`stream ${this.stream} is informed of what it has`);
    this.informed++;
  }

  readInto(sink: BodySink): void {
    this.sink = sink;
  }

  resumeRequest(): void {
    this.blocked = false;
  }

  /** The client sends so much more of its body, where it may. */
  give(octets: number): void {
    if (this.sink === null || this.ended || this.blocked || this.sentAll) return;
    const piece = bodyOctets(this.stream, this.given, octets);
    this.given += octets;
    this.blocked = !this.sink.write(piece, 0, octets, true);
  }

  giveEnd(): void {
    if (this.sink === null || this.ended || this.sentAll) return;
    this.sentAll = true;
    this.sink.end('');
  }

  now(): number {
    return 1;
  }

  reply(): void {
    throw new Error('nobody replies');
  }
  readAll(): void {}
  header(): null {
    return null;
  }
  headerValues(): readonly string[] {
    return [];
  }
  head(): string {
    return '';
  }
  endToEnd(): string {
    return '';
  }
  upgrade(): null {
    return null;
  }
  readonly userAgent = null;
  readonly headers = '';
  readonly webSocket = false;
}
