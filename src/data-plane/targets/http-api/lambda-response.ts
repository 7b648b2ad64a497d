import { AnsweredFields, answeredStatus } from '../answered-fields.ts';

/** What a function's answer means to an HTTP API, or why it means nothing. */
export type LambdaResponse =
  | { readonly kind: 'response'; readonly status: number; readonly headers: string; readonly body: Buffer }
  | { readonly kind: 'malformed'; readonly why: string };

const NOTHING = Buffer.alloc(0);
const NOT_BASE64 = /[^A-Za-z0-9+/=_\r\n-]/;

/**
 * Reads a function's answer. Format 2.0: what is valid JSON without a status is a body of type application/json. Format 1.0: an object with a
 * status, or nothing. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
 */
export function lambdaResponse(payload: Buffer, version: '1.0' | '2.0'): LambdaResponse {
  const text = payload.toString('utf8');
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return malformed('The function did not answer with JSON');
  }
  const isObject = typeof read === 'object' && read !== null && !Array.isArray(read);
  const answer = isObject ? (read as Readonly<Record<string, unknown>>) : {};
  if (answer.statusCode === undefined || answer.statusCode === null) {
    if (version === '1.0') return malformed('The function answered without a statusCode');
    return { kind: 'response', status: 200, headers: 'Content-Type: application/json\r\n', body: Buffer.from(typeof read === 'string' ? read : text) };
  }
  const status = answeredStatus(answer.statusCode);
  if (status === null) return malformed('The function answered with a statusCode that is none');
  const body = bodyOf(answer.body, answer.isBase64Encoded);
  if (body === null) return malformed('The function answered with a body that is no text, or no Base64 where it says so');
  const fields = new Fields();
  const multiValue = version === '1.0' ? answer.multiValueHeaders : undefined;
  const told = namesOf(multiValue);
  if (!fields.addAll(answer.headers, told) || !fields.addMany(multiValue)) return malformed('The function answered with headers that are none');
  if (version === '2.0' && !fields.addCookies(answer.cookies)) return malformed('The function answered with cookies that are none');
  if (!fields.hasContentType && body.length > 0) fields.add('Content-Type', 'text/plain;charset=UTF-8');
  return { kind: 'response', status, headers: fields.text, body };
}

function malformed(why: string): LambdaResponse {
  return { kind: 'malformed', why };
}

function bodyOf(given: unknown, isBase64Encoded: unknown): Buffer | null {
  if (given === undefined || given === null || given === '') return NOTHING;
  if (typeof given !== 'string') return null;
  if (isBase64Encoded !== true && isBase64Encoded !== 'true') return Buffer.from(given, 'utf8');
  return NOT_BASE64.test(given) ? null : Buffer.from(given, 'base64');
}

function namesOf(given: unknown): ReadonlySet<string> {
  return new Set(typeof given === 'object' && given !== null ? Object.keys(given).map((name) => name.toLowerCase()) : []);
}

class Fields extends AnsweredFields {
  /** `except`: names that come from elsewhere. */
  addAll(given: unknown, except: ReadonlySet<string>): boolean {
    return this.each(given, (name, value) => except.has(name.toLowerCase()) || this.#addValue(name, value));
  }

  addMany(given: unknown): boolean {
    return this.each(given, (name, values) => Array.isArray(values) && values.every((value) => this.#addValue(name, value)));
  }

  addCookies(given: unknown): boolean {
    if (given === undefined || given === null) return true;
    return Array.isArray(given) && given.every((cookie) => typeof cookie === 'string' && this.add('Set-Cookie', cookie));
  }

  #addValue(name: string, value: unknown): boolean {
    switch (typeof value) {
      case 'string':
        return this.add(name, value);
      case 'number':
      case 'boolean':
        return this.add(name, String(value));
      default:
        return value === null;
    }
  }
}
