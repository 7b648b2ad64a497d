const EXPECTED = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/**
 * Why bytes are no JSON, as Lambda says it: in the words of its parser (Jackson) where a value does not even begin, which is what a payload that was meant to be text or was
 * encoded looks like; in plain words where it breaks off later. Null: they are JSON.
 */
export function jsonFlaw(bytes: Buffer): string | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    JSON.parse(text);
    return null;
  } catch (error) {
    const wrong = wrongStart(bytes);
    return wrong === null ? (error as Error).message : `${wrong.what}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${wrong.line}, column: ${wrong.column}]`;
  }
}

interface Flaw {
  readonly what: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

function wrongStart(bytes: Buffer): Flaw | null {
  let at = 0;
  let line = 1;
  let lineStart = 0;
  for (; at < bytes.length && isSpace(bytes[at]!); at++) {
    if (bytes[at] !== 0x0a) continue;
    line++;
    lineStart = at + 1;
  }
  const column = at - lineStart + 1;
  const first = bytes[at];
  if (first === undefined) return { what: 'No content to map due to end-of-input', line, column };
  if (startsValue(first)) return null;
  if (!isLetter(first)) {
    const shown = first < 0x20 || first >= 0x7f ? `(CTRL-CHAR, code ${first})` : `'${String.fromCharCode(first)}' (code ${first})`;
    return { what: `Unexpected character (${shown}): expected a valid value ${EXPECTED}`, line, column };
  }
  let end = at;
  while (end < bytes.length && isLetter(bytes[end]!)) end++;
  const next = bytes[end];
  if (next !== undefined && next >= 0x80 && !isLeading(next)) return { what: `Invalid UTF-8 start byte 0x${next.toString(16)}`, line, column: end - lineStart + 2 };
  const word = bytes.toString('latin1', at, end);
  if (word === 'true' || word === 'false' || word === 'null') return null;
  return { what: `Unrecognized token '${word.slice(0, 256)}': was expecting ${EXPECTED}`, line, column: end - lineStart + 1 };
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function startsValue(byte: number): boolean {
  return byte === 0x22 || byte === 0x2d || byte === 0x5b || byte === 0x7b || (byte >= 0x30 && byte <= 0x39);
}

function isLetter(byte: number): boolean {
  return byte === 0x24 || byte === 0x5f || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** The first byte of a sequence in UTF-8. */
function isLeading(byte: number): boolean {
  return byte >= 0xc2 && byte <= 0xf4;
}
