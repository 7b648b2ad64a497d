import type { ApiExchange } from '../../data-plane/exchange/index.ts';

const VARIABLE = /\$context\.([A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)/g;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/g;
/** Longer values are not compared with the next. */
const LONGEST_KEPT = 256;
/** Variables in whose values there is nothing to escape: numbers, ids that are ours, names that AWS gives. `error.messageString` has its own quotes. */
const SAFE = new Set([
  'accountId', 'apiId', 'dataProcessed', 'error.messageString', 'extendedRequestId', 'integration.latency', 'integration.status', 'integrationLatency', 'integrationStatus', 'protocol', 'requestId', 'requestTime',
  'requestTimeEpoch', 'responseLatency', 'responseLength', 'status',
]);
/** Values in which there is something to escape: few, and to look is a fraction of rewriting. */
const UNUSUAL = { json: /[^ !#-[\]-~]/, xml: /[^ !#-%'-;=?-~]/, text: /[^ -~\u0080-\uffff]/ };

/**
 * An access log line in a stage's own format: JSON, CLF, XML, CSV, or anything with `$context` variables. What a request has no value for is `-`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
 *
 * What clients send must not end a value or a line: in a format that begins as JSON does, values are escaped as JSON has it; in one that begins as
 * XML, as that has it; elsewhere control characters become spaces. AWS does not say what it does.
 */
export class ApiLogFormat<Call = ApiExchange> {
  readonly #variables: readonly VariablePiece<Call>[];
  /** What stands behind the last variable. */
  readonly #tail: Uint8Array;

  /** `variableOf`: what a variable is for a call, by name without `$context.`. */
  constructor(format: string, variableOf: (name: string) => (call: Call) => string | null) {
    // a line ends where the next begins, with NUL (snapshot/log-chunk.ts)
    const fixed = format.replaceAll('\0', ' ');
    const escape = escapeOf(fixed);
    let at = 0;
    this.#variables = Array.from(fixed.matchAll(VARIABLE), (match) => {
      const before = fixed.slice(at, match.index);
      at = match.index + match[0].length;
      const name = match[1]!;
      return new VariablePiece(before, variableOf(name), SAFE.has(name) ? null : escape);
    });
    this.#tail = Buffer.from(fixed.slice(at), 'utf8');
  }

  /** Adds the line of a call to `line`. */
  write(call: Call, line: LinePieces): void {
    const variables = this.#variables;
    for (let i = 0; i < variables.length; i++) variables[i]!.write(call, line);
    line.octets(this.#tail);
  }
}

/** What lines are put together from: UTF-8 without NUL. */
export interface LinePieces {
  octets(piece: Uint8Array): void;
  text(text: string): void;
}

/** A variable with the text before it. Of lines that follow one another many have the same value (the route, the status): the second time it is kept as octets. */
class VariablePiece<Call> {
  readonly #before: string;
  readonly #beforeOctets: Uint8Array;
  readonly #variable: (call: Call) => string | null;
  readonly #escape: ((value: string) => string) | null;
  #value: string | null = null;
  #whole: Uint8Array | null = null;

  constructor(before: string, variable: (call: Call) => string | null, escape: ((value: string) => string) | null) {
    this.#before = before;
    this.#beforeOctets = Buffer.from(before, 'utf8');
    this.#variable = variable;
    this.#escape = escape;
  }

  write(call: Call, line: LinePieces): void {
    const value = this.#variable(call) || '-';
    if (value === this.#value) return line.octets((this.#whole ??= Buffer.from(this.#before + this.#escaped(value), 'utf8')));
    this.#value = value.length > LONGEST_KEPT ? null : value;
    this.#whole = null;
    line.octets(this.#beforeOctets);
    line.text(this.#escaped(value));
  }

  #escaped(value: string): string {
    return this.#escape === null ? value : this.#escape(value);
  }
}

function escapeOf(format: string): (value: string) => string {
  const start = format.trimStart();
  if (start.startsWith('{')) return (value) => (UNUSUAL.json.test(value) ? JSON.stringify(value).slice(1, -1) : value);
  if (start.startsWith('<')) {
    return (value) =>
      UNUSUAL.xml.test(value) ? value.replace(CONTROL, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;') : value;
  }
  return (value) => (UNUSUAL.text.test(value) ? value.replace(CONTROL, ' ') : value);
}
