import { faults, NO_BODY, type Exchange } from '../../exchange/index.ts';

/** A request to `@connections` that came in at an API's own address, for whoever checks signatures and speaks AWS's protocols. */
export interface ManagementRequest {
  readonly method: string;
  readonly url: string;
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  readonly remoteAddress: string;
}

export interface ManagementAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The way to the management API: the composition root connects it with the control plane. */
export interface ManagementDoor {
  /** Calls `done` once. */
  handle(request: ManagementRequest, done: (answer: ManagementAnswer) => void): void;
}

const NOTHING = Buffer.alloc(0);
/** More than a message may have: what is too large is told by the API itself. */
const LONGEST = 1024 * 1024;
const PATH = /^\/(?:@|%40)connections\//i;

/** Whether a path below a stage is one of the management API's. */
export function isManagementPath(path: string): boolean {
  return path.charCodeAt(1) === 64 || path.charCodeAt(1) === 37 ? PATH.test(path) : false;
}

export function serveManagement(exchange: Exchange, door: ManagementDoor): void {
  if (exchange.framing === NO_BODY) return ask(exchange, NOTHING, door);
  exchange.readAll(LONGEST, (body) => {
    if (body === 'too-large') exchange.reply({ status: 413, reason: null, headers: 'x-amzn-ErrorType: PayloadTooLargeException\r\nContent-Type: application/json\r\n', body: '{"message":"Message too long"}' });
    else ask(exchange, body ?? NOTHING, door);
  });
}

function ask(exchange: Exchange, body: Buffer, door: ManagementDoor): void {
  const rawHeaders: string[] = [];
  for (const line of exchange.headers.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) rawHeaders.push(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  door.handle({ method: exchange.method, url: exchange.target, rawHeaders, body, remoteAddress: exchange.downstream.remoteAddress }, (answer) => {
    if (exchange.ended) return;
    let headers = '';
    for (const [name, value] of Object.entries(answer.headers)) if (name.toLowerCase() !== 'content-length') headers += `${name}: ${value}\r\n`;
    if (/[^\t\r\n -~]/.test(headers)) return exchange.fail(faults.unservable);
    exchange.reply({ status: answer.status, reason: null, headers, body: Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength) });
  });
}
