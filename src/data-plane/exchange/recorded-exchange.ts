import { ApiExchange } from './api-exchange.ts';
import { keptHead, type Reply, type ResponseHead, type ResponseSource } from './exchange.ts';

/** What a client got from an integration, to be given again. */
export interface Recording {
  /** Field lines without those that each answer has of its own. */
  readonly headers: string;
  readonly body: Buffer;
}

/** Fields that the connection, the gateway and CORS write anew for each answer. */
const OWN = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'date', 'apigw-requestid']);

/** A request whose answer may be kept: of stages that have a route with a cache. */
export class RecordedExchange extends ApiExchange {
  #keep: ((recording: Recording) => void) | null = null;
  #longest = 0;
  #headers = '';
  #parts: Buffer[] = [];
  #bytes = 0;

  /** Records the answer, if it is 200 and whole and its body has at most `longest` octets. */
  record(longest: number, keep: (recording: Recording) => void): void {
    this.#longest = longest;
    this.#keep = keep;
  }

  protected override replied(reply: Reply): Reply {
    const sent = super.replied(reply);
    if (this.#keep !== null) {
      this.#begin(sent.status, sent.headers);
      if (sent.body !== null) this.#add(Buffer.from(sent.body as string));
      this.#complete();
    }
    return sent;
  }

  protected override responded(head: ResponseHead, buffer: Buffer | null): ResponseHead {
    const sent = super.responded(head, buffer);
    if (this.#keep !== null) this.#begin(sent.status, keptHead(sent).headers);
    return sent;
  }

  override respond(head: ResponseHead, source: ResponseSource, buffer: Buffer | null, start: number, end: number): void {
    const isFirst = !this.committed && !this.ended;
    const copy = this.#keep !== null && isFirst && buffer !== null && end > start && end - start <= this.#longest ? Buffer.from(buffer.subarray(start, end)) : null;
    const isTooLong = this.#keep !== null && buffer !== null && end - start > this.#longest;
    super.respond(head, source, buffer, start, end);
    if (isTooLong) this.#keep = null;
    else if (copy !== null) this.#add(copy);
  }

  override send(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    if (this.#keep !== null) this.#add(Buffer.from(buffer.subarray(start, end)));
    return super.send(buffer, start, end, stable);
  }

  override finish(trailers: string): void {
    if (trailers !== '') this.#keep = null;
    if (!this.ended) this.#complete();
    super.finish(trailers);
  }

  #begin(status: number, headers: string): void {
    if (status !== 200 || this.error !== null) this.#keep = null;
    else this.#headers = headers;
  }

  #add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#longest) this.#keep = null;
    if (this.#keep === null) this.#parts = [];
    else this.#parts.push(part);
  }

  #complete(): void {
    const keep = this.#keep;
    this.#keep = null;
    if (keep === null) return;
    const headers = keepable(this.#headers);
    if (headers !== null) keep({ headers, body: Buffer.concat(this.#parts) });
  }
}

/** The lines that may be given to others; null where the answer says that it is for one client. */
function keepable(headers: string): string | null {
  let kept = '';
  for (const line of headers.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).toLowerCase();
    if (name === 'set-cookie' || name === 'vary') return null;
    if (name === 'cache-control' && /\b(?:no-store|private)\b/i.test(line)) return null;
    if (!OWN.has(name) && !name.startsWith('access-control-')) kept += `${line}\r\n`;
  }
  return kept;
}
