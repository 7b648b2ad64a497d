import { albFailures, type AlbFailure } from './alb-failure.ts';

/** Bytes of the JSON that a function answers: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
export const LONGEST_RESPONSE = 1_048_576;

/** An answer, ready to be sent. */
export interface AlbResponse {
  readonly kind: 'response';
  readonly status: number;
  /** Reason phrase; null: the standard one. */
  readonly reason: string | null;
  /** `name: value\r\n` lines, latin1, without fields that belong to a connection. */
  readonly headers: string;
  readonly body: Buffer;
}

const NOTHING = Buffer.alloc(0);
/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 section 5.5: what would end a field, or is none of its characters. */
// oxlint-disable-next-line no-control-regex
const NOT_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;
// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;
const NOT_BASE64 = /[^A-Za-z0-9+/=\r\n]/;
/** RFC 9110 section 7.6.1, and the framing, which is the load balancer's own. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * Reads what a function has answered. What is no response by ALB's rules is `LambdaInvalidResponse`: no object, no status, a body or a header value that is no string.
 * With multi-value headers on, only `multiValueHeaders` counts; with them off, only `headers`.
 */
export function albResponse(payload: Buffer, multiValueHeaders: boolean): AlbResponse | AlbFailure {
  if (payload.length > LONGEST_RESPONSE) return albFailures.responseTooLarge;
  let read: unknown;
  try {
    read = JSON.parse(payload.toString('utf8'));
  } catch {
    return albFailures.invalidResponse;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return albFailures.invalidResponse;
  const answer = read as Readonly<Record<string, unknown>>;
  const status = statusOf(answer.statusCode);
  const reason = reasonOf(answer.statusDescription, status);
  const body = bodyOf(answer.body, answer.isBase64Encoded);
  const fields = new FieldBlock();
  const valid = multiValueHeaders ? fields.addMany(answer.multiValueHeaders) : fields.addAll(answer.headers);
  if (status === null || reason === undefined || body === null || !valid) return albFailures.invalidResponse;
  // A body of no declared type is one of unknown type, which ALB says.
  if (body.length > 0 && !fields.hasContentType) fields.add('Content-Type', 'application/octet-stream');
  return { kind: 'response', status, reason, headers: fields.text, body };
}

function statusOf(given: unknown): number | null {
  const status = typeof given === 'number' ? given : typeof given === 'string' && /^\d{3}$/.test(given) ? Number(given) : null;
  return status !== null && Number.isInteger(status) && status >= 200 && status <= 599 ? status : null;
}

/** From `200 OK`, the `OK`. Undefined where it is none. */
function reasonOf(given: unknown, status: number | null): string | null | undefined {
  if (given === undefined || given === null) return null;
  if (typeof given !== 'string' || NOT_VALUE.test(given)) return undefined;
  const phrase = given.startsWith(`${status}`) ? given.slice(3).trim() : given.trim();
  return phrase === '' ? null : latin1(phrase);
}

function bodyOf(given: unknown, isBase64Encoded: unknown): Buffer | null {
  if (isBase64Encoded !== undefined && isBase64Encoded !== null && typeof isBase64Encoded !== 'boolean') return null;
  if (given === undefined || given === null || given === '') return NOTHING;
  if (typeof given !== 'string') return null;
  if (isBase64Encoded !== true) return Buffer.from(given, 'utf8');
  return NOT_BASE64.test(given) ? null : Buffer.from(given, 'base64');
}

/** The field lines of an answer, checked one by one: nothing that a function returns can add a field or a line of its own. */
class FieldBlock {
  text = '';
  hasContentType = false;

  /** `{ name: value }`; absent is empty. */
  addAll(given: unknown): boolean {
    return this.#each(given, (name, value) => typeof value === 'string' && this.add(name, value));
  }

  /** `{ name: [value, ...] }`; absent is empty. */
  addMany(given: unknown): boolean {
    return this.#each(given, (name, values) => Array.isArray(values) && values.every((value) => typeof value === 'string' && this.add(name, value)));
  }

  add(name: string, value: string): boolean {
    if (!TOKEN.test(name) || NOT_VALUE.test(value)) return false;
    const lower = name.toLowerCase();
    if (OF_CONNECTION.has(lower)) return true;
    if (lower === 'content-type') this.hasContentType = true;
    this.text += `${name}: ${latin1(value.trim())}\r\n`;
    return true;
  }

  #each(given: unknown, add: (name: string, value: unknown) => boolean): boolean {
    if (given === undefined || given === null) return true;
    if (typeof given !== 'object' || Array.isArray(given)) return false;
    return Object.entries(given).every(([name, value]) => add(name, value));
  }
}

/** The UTF-8 of a text, one character a byte. */
function latin1(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}
