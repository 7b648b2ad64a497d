import { isUtf8 } from 'node:buffer';
import { albFailures, type AlbFailure } from './alb-failure.ts';

/** Bytes of a request body: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
export const LONGEST_REQUEST = 1_048_576;

/** A request, as its bytes came in: every string is latin1. */
export interface AlbRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, after the first `?`; null where there is none. */
  readonly query: string | null;
  /** `name: value\r\n` lines, with what the load balancer adds (X-Forwarded-*, X-Amzn-Trace-Id). */
  readonly headers: string;
  /** Null or empty: none. */
  readonly body: Buffer | null;
}

/** What of a target group shows in its events; made once, when a generation is linked. */
export class AlbEventFormat {
  readonly #opening: string;
  readonly #multiValue: boolean;

  constructor(group: { readonly targetGroupArn: string; readonly multiValueHeaders: boolean }) {
    this.#opening = `{"requestContext":{"elb":{"targetGroupArn":${JSON.stringify(group.targetGroupArn)}}},"httpMethod":`;
    this.#multiValue = group.multiValueHeaders;
  }

  /** The event of a request, as JSON; or why ALB would not send it. */
  event(request: AlbRequest): Buffer | AlbFailure {
    const { body } = request;
    const length = body?.length ?? 0;
    if (length > LONGEST_REQUEST) return albFailures.requestTooLarge;
    const head = this.#head(request);
    if (head === null) return albFailures.badRequest;
    if (length === 0) return Buffer.from(`${head.text},"body":"","isBase64Encoded":false}`);
    if (!head.textBody) return Buffer.from(`${head.text},"body":"${body!.toString('base64')}","isBase64Encoded":true}`);
    if (!isUtf8(body!)) return albFailures.badRequest;
    return Buffer.from(`${head.text},"body":${JSON.stringify(body!.toString('utf8'))},"isBase64Encoded":false}`);
  }

  /** The event of a health check: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#enable-health-checks-lambda */
  healthCheck(target: string): Buffer {
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const made = this.event({ method: 'GET', path, query: mark < 0 ? null : target.slice(mark + 1), headers: 'user-agent: ELB-HealthChecker/2.0\r\n', body: null });
    // A path that is no UTF-8 cannot be configured; whatever it is, a check must be made.
    return Buffer.isBuffer(made) ? made : this.healthCheck('/');
  }

  /** Everything before the body, and whether a body would be text; null where the head is not UTF-8. */
  #head(request: AlbRequest): { readonly text: string; readonly textBody: boolean } | null {
    const method = utf8(request.method);
    const path = utf8(request.path);
    const query = utf8(request.query ?? '');
    const headers = utf8(request.headers);
    if (method === null || path === null || query === null || headers === null) return null;
    const fields = this.#multiValue ? new ManyValues() : new LastValues();
    let contentType = '';
    let encoded = false;
    for (let from = 0; from < headers.length; ) {
      let end = headers.indexOf('\r\n', from);
      if (end < 0) end = headers.length;
      const colon = headers.indexOf(':', from);
      if (colon > from && colon < end) {
        const name = headers.slice(from, colon).toLowerCase();
        const value = headers.slice(colon + 1, end).trim();
        fields.add(name, value);
        if (name === 'content-type') contentType = value;
        else if (name === 'content-encoding') encoded = true;
      }
      from = end + 2;
    }
    const parameters = this.#multiValue ? new ManyValues() : new LastValues();
    for (let from = 0; from < query.length; ) {
      let end = query.indexOf('&', from);
      if (end < 0) end = query.length;
      if (end > from) {
        const equals = query.indexOf('=', from);
        const split = equals >= 0 && equals < end ? equals : end;
        // As the client sent them: ALB decodes neither names nor values.
        parameters.add(query.slice(from, split), query.slice(split + 1, Math.max(end, split + 1)));
      }
      from = end + 1;
    }
    const [parametersName, headersName] = this.#multiValue ? ['multiValueQueryStringParameters', 'multiValueHeaders'] : ['queryStringParameters', 'headers'];
    const text = `${this.#opening}${quoted(method)},"path":${quoted(path)},"${parametersName}":${parameters.json()},"${headersName}":${fields.json()}`;
    return { text, textBody: !encoded && isText(contentType) };
  }
}

/** Of a name that comes more than once, the last value counts. */
class LastValues {
  readonly #values = new Map<string, string>();

  add(name: string, value: string): void {
    this.#values.set(name, value);
  }

  json(): string {
    let text = '{';
    for (const [name, value] of this.#values) text += `${text.length > 1 ? ',' : ''}${quoted(name)}:${quoted(value)}`;
    return `${text}}`;
  }
}

class ManyValues {
  readonly #values = new Map<string, string>();

  add(name: string, value: string): void {
    const before = this.#values.get(name);
    this.#values.set(name, before === undefined ? quoted(value) : `${before},${quoted(value)}`);
  }

  json(): string {
    let text = '{';
    for (const [name, values] of this.#values) text += `${text.length > 1 ? ',' : ''}${quoted(name)}:[${values}]`;
    return `${text}}`;
  }
}

// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;
/** What JSON escapes (and what only JSON.stringify knows how to). */
// oxlint-disable-next-line no-control-regex
const NOT_PLAIN = /["\\\x00-\x1f\x7f-\uffff]/;

function quoted(text: string): string {
  return NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Latin1 characters as the UTF-8 that they spell; null where they spell none. */
function utf8(text: string): string | null {
  if (!NOT_ASCII.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** The media types whose bodies ALB passes as text; everything else, and what has none, goes in base64. */
function isText(contentType: string): boolean {
  const semicolon = contentType.indexOf(';');
  const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  return type.startsWith('text/') || type === 'application/json' || type === 'application/javascript' || type === 'application/xml';
}
