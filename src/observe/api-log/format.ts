import type { ApiExchange } from '../../data-plane/exchange/index.ts';

const VARIABLE = /\$context\.([A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)/g;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/g;
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
  readonly #parts: readonly (string | ((call: Call) => string))[];

  /** `variableOf`: what a variable is for a call, by name without `$context.`. */
  constructor(format: string, variableOf: (name: string) => (call: Call) => string | null) {
    const parts: (string | ((call: Call) => string))[] = [];
    // a line ends where the next begins, with NUL (snapshot/log-chunk.ts)
    const fixed = format.replaceAll('\0', ' ');
    const escape = escapeOf(fixed);
    let at = 0;
    for (const match of fixed.matchAll(VARIABLE)) {
      if (match.index > at) parts.push(fixed.slice(at, match.index));
      const variable = variableOf(match[1]!);
      // has its own quotes
      const whole = match[1] === 'error.messageString';
      parts.push((call) => {
        const value = variable(call);
        return value === null || value === '' ? '-' : whole ? value : escape(value);
      });
      at = match.index + match[0].length;
    }
    if (at < fixed.length) parts.push(fixed.slice(at));
    this.#parts = parts;
  }

  line(call: Call): string {
    let line = '';
    for (const part of this.#parts) line += typeof part === 'string' ? part : part(call);
    return line;
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
