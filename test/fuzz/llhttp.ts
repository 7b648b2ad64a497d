import { createRequire } from 'node:module';
import type { FramedRequest } from './framing.ts';

/** As much of Node's own HTTP/1.1 parser (llhttp) as the oracle asks for. */
interface Parser {
  initialize(type: number, resource: object): void;
  execute(octets: Buffer): number | Error;
  free(): void;
  [callback: number]: (...args: never[]) => unknown;
}

interface ParserClass {
  new (): Parser;
  readonly REQUEST: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

// an inner module of Node, for a test alone: the same parser that its servers use, without a socket
const { HTTPParser, methods } = createRequire(import.meta.url)('node:_http_common') as { readonly HTTPParser: ParserClass; readonly methods: readonly string[] };

export interface Oracle {
  readonly requests: readonly FramedRequest[];
  /** It refuses what comes after them. */
  readonly refused: boolean;
  /** It would switch protocols there: what follows is no HTTP to it. */
  readonly upgraded: boolean;
}

/** How node:http, as strict as it is by default, cuts the octets into requests. */
export function oracle(octets: Buffer): Oracle {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {});
  const requests: FramedRequest[] = [];
  let current: { method: string; target: string; body: string } | null = null;
  let upgraded = false;
  parser[HTTPParser.kOnHeadersComplete] = (...args: readonly unknown[]) => {
    current = { method: methods[args[3] as number]!, target: args[4] as string, body: '' };
    if (args[7] === true) upgraded = true;
    return 0;
  };
  parser[HTTPParser.kOnBody] = (part: Buffer) => {
    current!.body += part.toString('latin1');
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (current !== null) requests.push(current);
    current = null;
  };
  const result = parser.execute(octets);
  parser.free();
  return { requests, refused: typeof result !== 'number', upgraded };
}
