/** One element of DER (X.690 section 8.1): where its parts are. */
export interface DerElement {
  readonly tag: number;
  /** Where the element begins, its content begins, and both end. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

export const DER_INTEGER = 0x02;
export const DER_BIT_STRING = 0x03;
export const DER_OCTET_STRING = 0x04;
export const DER_OBJECT_ID = 0x06;
export const DER_SEQUENCE = 0x30;

/** The element at `at`, which must not lead beyond `limit`. Throws a RangeError for what is no DER. */
export function derElement(bytes: Buffer, at: number, limit: number): DerElement {
  if (at + 2 > limit) throw new RangeError('an element of DER is cut short');
  const tag = bytes[at]!;
  // tags above 30 take more octets; nothing that we read has them
  if ((tag & 0x1f) === 0x1f) throw new RangeError('a tag of DER is too large');
  let length = bytes[at + 1]!;
  let start = at + 2;
  if (length > 0x7f) {
    const octets = length & 0x7f;
    if (octets === 0 || octets > 4 || start + octets > limit) throw new RangeError('a length of DER is malformed');
    length = bytes.readUIntBE(start, octets);
    start += octets;
  }
  if (start + length > limit) throw new RangeError('an element of DER leads out of what holds it');
  return { tag, at, start, end: start + length };
}

/** As `derElement`, for one whose tag is known. */
export function derExpect(bytes: Buffer, at: number, expected: { readonly tag: number; readonly limit: number }): DerElement {
  const element = derElement(bytes, at, expected.limit);
  if (element.tag !== expected.tag) throw new RangeError(`an element of DER has the tag ${element.tag} instead of ${expected.tag}`);
  return element;
}

/** The elements from `start` to `end`, in order. */
export function derElements(bytes: Buffer, start: number, end: number): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let at = start; at < end; ) {
    const element = derElement(bytes, at, end);
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/** An object identifier's content in hexadecimal: enough to compare by, and shorter to write than its dots. */
export function derObjectId(bytes: Buffer, element: DerElement): string {
  if (element.tag !== DER_OBJECT_ID) throw new RangeError('an object identifier is missing');
  return bytes.toString('hex', element.start, element.end);
}

/** The DER of each `-----BEGIN LABEL-----` block, in order. */
export function pemBlocks(text: string, label: string): readonly Buffer[] {
  const blocks: Buffer[] = [];
  const pattern = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`, 'g');
  for (const match of text.matchAll(pattern)) blocks.push(Buffer.from(match[1]!, 'base64'));
  return blocks;
}
