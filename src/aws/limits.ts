/** What a request may be at most. Everything that a caller can make large is bounded by one of these. */
export interface Limits {
  /** Bytes of a body, as received and after decompression. Lambda's zip (50 MB, base64) is the largest that AWS documents for JSON. */
  readonly bodyBytes: number;
  /** Bytes of a form body: IAM's and EC2's largest documents are far below. */
  readonly formBytes: number;
  /** Names in a form, elements of an XML document, members and items of JSON or CBOR. */
  readonly items: number;
  /** How deep values may nest. WAFv2's statements are the deepest real ones, some 80 levels of JSON. */
  readonly depth: number;
  /** Bytes of the request target. AWS documents 8 KB and more for presigned URLs. */
  readonly urlBytes: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 128 * 1024 * 1024,
  formBytes: 4 * 1024 * 1024,
  items: 200_000,
  depth: 200,
  urlBytes: 64 * 1024,
};
