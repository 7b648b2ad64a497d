import { AnsweredFields, answeredStatus, isFieldValue, octetsOf } from '../answered-fields.ts';
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
const NOT_BASE64 = /[^A-Za-z0-9+/=\r\n]/;

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
  const status = answeredStatus(answer.statusCode);
  const reason = reasonOf(answer.statusDescription, status);
  const body = bodyOf(answer.body, answer.isBase64Encoded);
  const fields = new FieldBlock();
  const valid = multiValueHeaders ? fields.addMany(answer.multiValueHeaders) : fields.addAll(answer.headers);
  if (status === null || reason === undefined || body === null || !valid) return albFailures.invalidResponse;
  // A body of no declared type is one of unknown type, which ALB says.
  if (body.length > 0 && !fields.hasContentType) fields.add('Content-Type', 'application/octet-stream');
  return { kind: 'response', status, reason, headers: fields.text, body };
}

/** From `200 OK`, the `OK`. Undefined where it is none. */
function reasonOf(given: unknown, status: number | null): string | null | undefined {
  if (given === undefined || given === null) return null;
  if (typeof given !== 'string' || !isFieldValue(given)) return undefined;
  const phrase = given.startsWith(`${status}`) ? given.slice(3).trim() : given.trim();
  return phrase === '' ? null : octetsOf(phrase);
}

function bodyOf(given: unknown, isBase64Encoded: unknown): Buffer | null {
  if (isBase64Encoded !== undefined && isBase64Encoded !== null && typeof isBase64Encoded !== 'boolean') return null;
  if (given === undefined || given === null || given === '') return NOTHING;
  if (typeof given !== 'string') return null;
  if (isBase64Encoded !== true) return Buffer.from(given, 'utf8');
  return NOT_BASE64.test(given) ? null : Buffer.from(given, 'base64');
}

class FieldBlock extends AnsweredFields {
  /** `{ name: value }`. */
  addAll(given: unknown): boolean {
    return this.each(given, (name, value) => typeof value === 'string' && this.add(name, value));
  }

  /** `{ name: [value, ...] }`. */
  addMany(given: unknown): boolean {
    return this.each(given, (name, values) => Array.isArray(values) && values.every((value) => typeof value === 'string' && this.add(name, value)));
  }
}
