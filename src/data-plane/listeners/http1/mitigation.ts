import {
  BAD_CONTENT_LENGTH, BAD_FIELD_NAME, BAD_FIELD_VALUE, BAD_METHOD, BAD_START_LINE, BAD_TARGET, BAD_TRANSFER_ENCODING, BAD_VERSION, BARE_LINE_BREAK, CODING_IN_OLD_VERSION, COMPLIANT, CONTENT_LENGTH,
  DUPLICATE_CONTENT_LENGTH, type Flaw, FOLDED_FIELD, LENGTH_AND_CODING, mended, type Mended, type RequestHead, SUSPICIOUS_FIELD_NAME, TRANSFER_ENCODING, UNSUPPORTED_TRANSFER_CODING, UNSUPPORTED_VERSION,
  type TierVerdict, verdictOn, fieldSet,
} from '../../wire/index.ts';

/** Flaws that a head may have and still be passed on, mended, where the desync mitigation mode of its listener allows it. */
const MENDABLE: ReadonlySet<Flaw> = new Set([
  BAD_CONTENT_LENGTH, BAD_FIELD_NAME, BAD_FIELD_VALUE, BAD_TARGET, BAD_TRANSFER_ENCODING, BAD_VERSION, BARE_LINE_BREAK, CODING_IN_OLD_VERSION, DUPLICATE_CONTENT_LENGTH, FOLDED_FIELD,
  LENGTH_AND_CODING, SUSPICIOUS_FIELD_NAME, UNSUPPORTED_TRANSFER_CODING,
]);

/** What the other flaws are classified as. */
const UNMENDABLE: Readonly<Record<Flaw, TierVerdict>> = {
  [BAD_METHOD]: { tier: 'Severe', reason: 'BadMethod' },
  [BAD_START_LINE]: { tier: 'Severe', reason: 'BadUri' },
  [UNSUPPORTED_VERSION]: { tier: 'Severe', reason: 'BadVersion' },
};

const FRAMED = fieldSet(CONTENT_LENGTH, TRANSFER_ENCODING);
const LETTER_G = 71;
const LETTER_H = 72;
const LETTER_Z = 90;
const ZERO = 48;

export const NOT_MENDED: Mended = { ...COMPLIANT, head: null, length: 0, isOld: false };

/** The head, mended; null while it is not whole. */
export function mend(text: string, flaw: Flaw): Mended | null {
  if (MENDABLE.has(flaw)) return mended(text);
  const verdict = UNMENDABLE[flaw];
  return verdict === undefined ? NOT_MENDED : { ...NOT_MENDED, ...verdict };
}

/** The verdict on a head that the strict parser takes. Nearly all are compliant at a glance: begin with a capital, have no body or may have one, and are exactly HTTP/1.1. */
export function classify(head: RequestHead): TierVerdict {
  const { text } = head.fields;
  const first = text.charCodeAt(0);
  if (head.plain && first <= LETTER_Z && ((head.present & FRAMED) === 0 || (first !== LETTER_G && first !== LETTER_H))) return COMPLIANT;
  return verdictOn({ method: head.method, contentLength: head.contentLength, chunked: head.chunked, minorVersion: text.charCodeAt(head.fieldsStart - 3) - ZERO });
}
