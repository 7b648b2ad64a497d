import type { WebSocketIntegration, WebSocketValue } from '../../../snapshot/index.ts';
import { socketContextVariable, socketErrors, type Outgoing, type SocketCall } from '../../exchange/index.ts';
import { isShallow, percentEncoded, valueAt } from '../../../kernel/index.ts';
import { leavesItsPlace, type UnsignedRequest } from '../service-endpoint.ts';
import { Mapping } from './mapping.ts';
import type { SocketIntegration, SocketOutcome, SocketRequest } from './socket-integration.ts';

export type BackendSettings = Omit<Extract<WebSocketIntegration, { kind: 'http' }>, 'kind'>;
/** Further headers of a request that is whole: its signature. */
export type Signature = (request: UnsignedRequest) => Readonly<Record<string, string>>;

type Read = (call: SocketCall, request: SocketRequest, body: () => unknown) => string | null;

/** What an answer may have: a message to a client has at most as much. */
const LONGEST_ANSWER = 1024 * 1024;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex
const NOT_VALUE = /[^\t\x20-\x7e]/g;

/**
 * An HTTP backend: messages are sent to it as requests, with what `requestParameters` says beside them. A proxy integration's answer to `$connect` may
 * name the subprotocol. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integrations.html
 */
export class HttpBackend implements SocketIntegration {
  readonly #integration: BackendSettings;
  readonly #outgoing: Outgoing;
  readonly #sign: Signature | null;
  readonly #parameters: readonly { readonly part: 'header' | 'querystring' | 'path'; readonly name: string; readonly read: Read }[];
  readonly #readsBody: boolean;
  readonly #method: string;
  readonly #mapping: Mapping;

  constructor(integration: BackendSettings, outgoing: Outgoing, sign: Signature | null = null) {
    this.#integration = integration;
    this.#outgoing = outgoing;
    this.#sign = sign;
    this.#method = integration.method === 'ANY' ? 'POST' : integration.method;
    this.#mapping = new Mapping(integration);
    this.#parameters = integration.parameters.map(({ part, name, value }) => ({ part, name: part === 'header' ? name.toLowerCase() : part === 'querystring' ? encodeURIComponent(name) : name, read: readerOf(value) }));
    this.#readsBody = integration.parameters.some(({ value }) => value.kind === 'body');
  }

  run(call: SocketCall, request: SocketRequest, done: (outcome: SocketOutcome) => void): void {
    const { timeoutMs, decode, proxy } = this.#integration;
    const method = this.#method;
    const body = this.#mapping.request(call, request.body);
    if (body !== null && !Buffer.isBuffer(body)) return done(body);
    const { url, headers: placed } = this.#place(call, request);
    if (leavesItsPlace(url) && !leavesItsPlace(this.#integration.url)) return done({ kind: 'failed', error: socketErrors.badParameters, why: 'a path parameter leads out of its place' });
    const carries = method !== 'GET' && method !== 'HEAD';
    const headers = { 'user-agent': `AmazonAPIGateway_${call.stage.apiId}`, ...(carries ? { 'content-type': decode ? 'application/octet-stream' : 'application/json' } : {}), ...placed };
    const octets = carries ? (body ?? Buffer.alloc(0)) : null;
    const signature = this.#sign === null ? {} : this.#sign({ method, url, headers, body: octets ?? Buffer.alloc(0) });
    this.#outgoing.send(
      { method, url, withinMs: timeoutMs, maxBytes: LONGEST_ANSWER, body: null, ...(octets === null ? {} : { octets }), headers: { ...headers, ...signature } },
      (outcome) => {
        switch (outcome.kind) {
          case 'answer': {
            call.integrationStatus = outcome.status;
            const { protocol } = outcome;
            const text = this.#mapping.response(call, outcome.body, { key: String(outcome.status), body: request.body, answer: outcome });
            if (!Buffer.isBuffer(text)) return done(text);
            return done({ kind: 'answer', status: outcome.status, protocol: proxy && protocol !== undefined && TOKEN.test(protocol) ? protocol : null, body: text.length === 0 ? null : text });
          }
          case 'timeout':
            return done({ kind: 'failed', error: socketErrors.integrationTimeout, why: 'the backend did not answer in time' });
          case 'too-large':
            return done({ kind: 'failed', error: socketErrors.integrationFailed, why: `the answer is longer than ${LONGEST_ANSWER} bytes` });
          case 'failed':
            return done({ kind: 'failed', error: socketErrors.integrationFailed, why: outcome.why });
        }
      },
    );
  }

  #place(call: SocketCall, request: SocketRequest): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    let { url } = this.#integration;
    const headers: Record<string, string> = {};
    let query = '';
    let parsed: unknown;
    if (this.#readsBody) {
      try {
        parsed = JSON.parse(request.body?.toString('utf8') ?? 'null');
      } catch {
        parsed = null;
      }
    }
    for (const { part, name, read } of this.#parameters) {
      const value = read(call, request, () => parsed);
      if (part === 'path') url = url.replaceAll(`{${name}}`, percentEncoded(value ?? ''));
      else if (value === null) continue;
      else if (part === 'querystring') query += `${query === '' ? '' : '&'}${name}=${percentEncoded(value)}`;
      // a value from a client must not begin a line of its own
      else headers[name] = value.replace(NOT_VALUE, ' ');
    }
    return { url: query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`, headers };
  }
}

function readerOf(value: WebSocketValue): Read {
  switch (value.kind) {
    case 'static':
      return () => value.text;
    case 'context': {
      const variable = socketContextVariable(value.name);
      return (call) => variable(call);
    }
    case 'variable':
      return ({ stage }) => (Object.hasOwn(stage.variables, value.name) ? stage.variables[value.name]! : null);
    case 'header':
      return (_call, { opening }) => opening?.headers.findLast(([name]) => name.toLowerCase() === value.name)?.[1] ?? null;
    case 'querystring':
      return (_call, { opening }) => opening?.parameters.findLast(([name]) => name === value.name)?.[1] ?? null;
    case 'body':
      return (_call, _request, body) => {
        const found = valueAt(body(), value.path);
        return found === undefined || found === null || !isShallow(found) ? null : typeof found === 'string' ? found : JSON.stringify(found);
      };
  }
}
