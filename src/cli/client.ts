import { DEFAULT_REGION, signHeaders } from '../aws/sigv4/index.ts';
import type { Clock } from '../kernel/index.ts';
import { CommandError, EXIT } from './command.ts';

export interface ClientSettings {
  readonly endpoint: string;
  readonly clock: Clock;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Templates may take a while: balancers wait for their listeners, functions for their code. */
const PATIENCE_MS = 15 * 60_000;

/** Asks a running Turnpike, over HTTP only. Beyond this machine, requests are signed with the credentials of the environment. */
export class AdminClient {
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  get endpoint(): string {
    return this.#settings.endpoint;
  }

  /** Whether a Turnpike answers. */
  async answers(): Promise<boolean> {
    try {
      await this.json('GET', '/_admin/status');
      return true;
    } catch (error) {
      if (error instanceof CommandError && error.exit === EXIT.notRunning) return false;
      throw error;
    }
  }

  /** The answer's JSON. Throws a `CommandError` for errors; those whose status is among `also` are given as answers. */
  async json(method: string, path: string, more: { readonly body?: unknown; readonly also?: readonly number[] } = {}): Promise<unknown> {
    const response = await this.#send(method, path, more.body);
    const text = await response.text();
    const parsed = parse(text);
    if (response.ok || (more.also ?? []).includes(response.status)) {
      if (parsed === undefined) throw this.#stranger(path, response.status);
      return parsed;
    }
    const error = errorOf(parsed);
    if (error === undefined) throw this.#stranger(path, response.status);
    throw new CommandError(error.message, { details: error });
  }

  async text(path: string): Promise<string> {
    const response = await this.#send('GET', path, undefined);
    const text = await response.text();
    if (response.ok) return text;
    const error = errorOf(parse(text));
    if (error === undefined) throw this.#stranger(path, response.status);
    throw new CommandError(error.message, { details: error });
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    const url = new URL(path, this.#settings.endpoint);
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
    const headers: [string, string][] = method === 'GET' ? [] : [['content-type', 'application/json']];
    try {
      return await fetch(url, {
        method,
        headers: Object.fromEntries([...headers, ...this.#signature(method, url, { headers, body: bytes })]),
        ...(method === 'GET' ? {} : { body: bytes }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause);
      throw new CommandError(`No Turnpike answers at ${this.#settings.endpoint} (${why}). Start one with \`turnpike serve\`, or say where it is with --endpoint.`, { exit: EXIT.notRunning });
    }
  }

  #signature(method: string, url: URL, request: { readonly headers: readonly (readonly [string, string])[]; readonly body: Buffer }): readonly (readonly [string, string])[] {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: sessionToken, AWS_REGION: region } = this.#settings.variables;
    if (isLoopback(url.hostname) || !accessKeyId || !secret) return [];
    return signHeaders(
      { method, url: url.pathname + url.search, headers: [['Host', url.host], ...request.headers], body: request.body },
      { accessKeyId, secret, ...(sessionToken ? { sessionToken } : {}), region: region ?? DEFAULT_REGION, service: 'turnpike', now: this.#settings.clock.now(), signBody: true },
    ).headers;
  }

  #stranger(path: string, status: number): CommandError {
    return new CommandError(`${this.#settings.endpoint}${path} answered ${status}, but not as a Turnpike does: another program may have that port. Say where Turnpike is with --endpoint.`, { exit: EXIT.notRunning });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface ServerError {
  readonly message: string;
  readonly [name: string]: unknown;
}

function errorOf(answer: unknown): ServerError | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  const { error } = answer;
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string' ? (error as ServerError) : undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `127.0.0.1:4566`, `http://...` -> `http://127.0.0.1:4566`. Throws a usage error for anything else. */
export function endpointOf(text: string): string {
  const full = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw new CommandError(`The endpoint is "${text}": give one like 127.0.0.1:4566.`, { exit: EXIT.usage });
  return new URL(full).origin;
}
