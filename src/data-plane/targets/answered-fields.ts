/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 section 5.5: what would end a field, or is none of its characters. */
// oxlint-disable-next-line no-control-regex
const NOT_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;
// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;
/** RFC 9110 section 7.6.1, and the framing, which is the gateway's own. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** The field lines of a function's answer, checked one by one: nothing that a function returns can add a field or a line of its own. */
export class AnsweredFields {
  /** `name: value\r\n` lines, latin1, without fields that belong to a connection. */
  text = '';
  hasContentType = false;

  add(name: string, value: string): boolean {
    if (!TOKEN.test(name) || !isFieldValue(value)) return false;
    const lower = name.toLowerCase();
    if (OF_CONNECTION.has(lower)) return true;
    if (lower === 'content-type') this.hasContentType = true;
    this.text += `${name}: ${octetsOf(value.trim())}\r\n`;
    return true;
  }

  /** `{ name: ... }`; absent is empty. False for anything else, and where one of them cannot be added. */
  protected each(given: unknown, add: (name: string, value: unknown) => boolean): boolean {
    if (given === undefined || given === null) return true;
    if (typeof given !== 'object' || Array.isArray(given)) return false;
    return Object.entries(given).every(([name, value]) => add(name, value));
  }
}

export function isFieldValue(text: string): boolean {
  return !NOT_VALUE.test(text);
}

/** A status that an answer may have; null for anything else. */
export function answeredStatus(given: unknown): number | null {
  const status = typeof given === 'number' ? given : typeof given === 'string' && /^\d{3}$/.test(given) ? Number(given) : null;
  return status !== null && Number.isInteger(status) && status >= 200 && status <= 599 ? status : null;
}

/** The UTF-8 of a text, one character a byte. */
export function octetsOf(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}
