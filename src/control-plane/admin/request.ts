/** A request under `/_admin`, as the control endpoint hands it over. */
export interface AdminRequest {
  readonly method: string;
  /** Decoded, without the query: `/_admin/status`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names lower-case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
}

export type AdminAnswer =
  | { readonly status: number; readonly kind: 'json'; readonly body: unknown }
  | { readonly status: number; readonly kind: 'text'; readonly body: string; readonly contentType: string };

/** What the caller did wrong: what, why, what to do. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, more: { readonly message: string; readonly details?: Readonly<Record<string, unknown>> }) {
    super(more.message);
    this.status = status;
    this.code = code;
    this.details = more.details ?? {};
  }
}

export function json(body: unknown, status = 200): AdminAnswer {
  return { status, kind: 'json', body };
}

export function text(body: string, contentType = 'text/plain; charset=utf-8'): AdminAnswer {
  return { status: 200, kind: 'text', body, contentType };
}

const LONGEST_BODY = 4 * 1024 * 1024;

/** The body as a JSON map. */
export function bodyOf(request: AdminRequest): Readonly<Record<string, unknown>> {
  if (request.body.length > LONGEST_BODY) throw new AdminError(413, 'TooLarge', { message: `The body has ${request.body.length} bytes; allowed are ${LONGEST_BODY}.` });
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(request.body).toString('utf8'));
  } catch (error) {
    throw new AdminError(400, 'MalformedBody', { message: `The body is no JSON (${error instanceof Error ? error.message : 'unreadable'}): send a map.` });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new AdminError(400, 'MalformedBody', { message: 'The body is JSON but no map: send a map.' });
  return parsed as Readonly<Record<string, unknown>>;
}

/** A member of a body that must be text; null where it is absent and may be. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string, required: boolean): string | null {
  const value = body[name];
  if (typeof value === 'string') return value;
  if (!required && (value === undefined || value === null)) return null;
  throw new AdminError(400, 'InvalidMember', { message: `${name} is ${JSON.stringify(value) ?? 'missing'}: give text.` });
}
