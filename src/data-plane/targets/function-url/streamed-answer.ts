import { CHUNKED, type Exchange, type ResponseSource } from '../../exchange/index.ts';
import { lambdaResponse } from '../http-api/lambda-response.ts';
import type { FunctionParts } from '../lambda/function-caller.ts';

/** A response whose status and headers come in front of its body, as JSON and eight NUL bytes. */
const WITH_HEAD = 'application/vnd.awslambda.http-integration-response';
const SEPARATOR = Buffer.alloc(8);
/** Bytes of that JSON. */
const LONGEST_HEAD = 128 * 1024;
const EMPTY = Buffer.alloc(0);

/**
 * A streamed response on its way to the client. Its head is sent with the first part; a client that reads slowly makes the function wait.
 * https://docs.aws.amazon.com/lambda/latest/dg/response-streaming-tutorial.html
 */
export class StreamedAnswer implements FunctionParts, ResponseSource {
  readonly #exchange: Exchange;
  /** Field lines, completed by those of every answer. */
  readonly #answered: (headers: string) => string;
  /** The head could not be read. */
  readonly #malformed: () => void;
  #contentType = '';
  #head: Buffer | null = null;
  #begun = false;
  #broken = false;
  /** Who asks for more once the client has taken what was sent. */
  #waiting: (() => void)[] = [];

  constructor(exchange: Exchange, to: { readonly answered: (headers: string) => string; readonly malformed: () => void }) {
    this.#exchange = exchange;
    this.#answered = to.answered;
    this.#malformed = to.malformed;
  }

  begin(contentType: string): void {
    this.#contentType = contentType;
    if (contentType === WITH_HEAD) this.#head = EMPTY;
  }

  part(bytes: Buffer, taken: () => void): void {
    // nobody reads any more: the function runs to its end all the same
    if (this.#exchange.ended || this.#broken) return taken();
    if (this.#head === null) return this.#send(bytes, taken);
    const received = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = received.indexOf(SEPARATOR);
    if (end < 0) {
      this.#head = received;
      if (received.length > LONGEST_HEAD) this.#refuse();
      return taken();
    }
    this.#head = null;
    if (!this.#respondWith(received.subarray(0, end))) return taken();
    const rest = received.subarray(end + SEPARATOR.length);
    if (rest.length === 0) taken();
    else this.#send(rest, taken);
  }

  /** The function has written everything. */
  finish(): void {
    if (this.#exchange.ended || this.#broken) return;
    if (this.#head !== null) return this.#refuse();
    this.#respond();
    this.#exchange.finish('');
  }

  resume(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each();
  }

  cancel(): void {
    this.resume();
  }

  #send(bytes: Buffer, taken: () => void): void {
    if (bytes.length === 0) return taken();
    this.#respond();
    if (this.#exchange.send(bytes, 0, bytes.length, true)) taken();
    else this.#waiting.push(taken);
  }

  #respond(): void {
    if (this.#begun) return;
    const type = this.#contentType.replace(/[^\x20-\x7e]/g, '');
    this.#start(200, `Content-Type: ${type === '' ? 'application/octet-stream' : type}\r\n`);
  }

  #respondWith(head: Buffer): boolean {
    // what it says is read like any function's answer, without a body
    const read = lambdaResponse(Buffer.from(JSON.stringify(headOf(head))), '2.0');
    if (read.kind === 'malformed') {
      this.#refuse();
      return false;
    }
    this.#start(read.status, /^content-type:/im.test(read.headers) ? read.headers : `${read.headers}Content-Type: application/octet-stream\r\n`);
    return true;
  }

  #start(status: number, headers: string): void {
    this.#begun = true;
    this.#exchange.targetStatus = status;
    this.#exchange.respond({ status, reason: '', headers: this.#answered(headers), framing: CHUNKED, contentLength: 0, whole: null }, this, null, 0, 0);
  }

  #refuse(): void {
    this.#broken = true;
    this.#malformed();
  }
}

function headOf(bytes: Buffer): object {
  try {
    const read: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof read === 'object' && read !== null ? { statusCode: 200, ...read, body: undefined } : NONE;
  } catch {
    return NONE;
  }
}

/** Refused as no status. */
const NONE = { statusCode: 0 };
