/** Why a message cannot be read. Numbers, so that a parser can answer without allocating; names for logs and tests. */
export const OK = 0;
export const INCOMPLETE = 1;
export const BAD_START_LINE = 2;
export const BAD_METHOD = 3;
export const BAD_TARGET = 4;
export const BAD_VERSION = 5;
export const UNSUPPORTED_VERSION = 6;
export const BAD_FIELD_NAME = 7;
export const BAD_FIELD_VALUE = 8;
export const FOLDED_FIELD = 9;
export const BARE_LINE_BREAK = 10;
export const TOO_MANY_FIELDS = 11;
export const FIELD_TOO_LONG = 12;
export const HEAD_TOO_LARGE = 13;
export const START_LINE_TOO_LONG = 14;
export const BAD_CONTENT_LENGTH = 15;
export const DUPLICATE_CONTENT_LENGTH = 16;
export const BAD_TRANSFER_ENCODING = 17;
export const UNSUPPORTED_TRANSFER_CODING = 18;
export const LENGTH_AND_CODING = 19;
export const CODING_IN_OLD_VERSION = 20;
export const MISSING_HOST = 21;
export const DUPLICATE_HOST = 22;
export const BAD_HOST = 23;
export const BAD_EXPECT = 24;
export const BAD_CHUNK_SIZE = 25;
export const BAD_CHUNK_END = 26;
export const CHUNK_EXTENSION_TOO_LONG = 27;
export const BAD_TRAILER = 28;
export const BAD_STATUS = 29;
export const SUSPICIOUS_FIELD_NAME = 30;
/** HTTP/2: a pseudo-header field that is unknown, doubled, missing or out of place. */
export const BAD_PSEUDO_FIELD = 31;
/** HTTP/2: a field that belongs to a connection of HTTP/1.1. */
export const CONNECTION_SPECIFIC_FIELD = 32;
/** HTTP/2: DATA is not what Content-Length says. */
export const BAD_LENGTH = 33;

export type Flaw = number;

const NAMES = [
  'ok', 'incomplete', 'bad-start-line', 'bad-method', 'bad-target', 'bad-version', 'unsupported-version', 'bad-field-name', 'bad-field-value',
  'folded-field', 'bare-line-break', 'too-many-fields', 'field-too-long', 'head-too-large', 'start-line-too-long', 'bad-content-length',
  'duplicate-content-length', 'bad-transfer-encoding', 'unsupported-transfer-coding', 'length-and-coding', 'coding-in-old-version',
  'missing-host', 'duplicate-host', 'bad-host', 'bad-expect', 'bad-chunk-size', 'bad-chunk-end', 'chunk-extension-too-long',
  'bad-trailer', 'bad-status', 'suspicious-field-name', 'bad-pseudo-field', 'connection-specific-field', 'bad-length',
] as const;

export function flawName(flaw: Flaw): string {
  return NAMES[flaw] ?? 'unknown';
}
