/** The request cannot be read as its operation's input. Each protocol answers it with a code of its own. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  /** `syntax`: not XML, JSON, ... at all. `value`: read, but not of the member's type. `size`: over a limit. */
  readonly kind: 'syntax' | 'value' | 'size';
  /** Where: a member's path on the wire, empty for the whole body. */
  readonly where: string;

  constructor(kind: Malformed['kind'], where: string, message: string) {
    super(message);
    this.kind = kind;
    this.where = where;
  }
}

/** A service returned what its model does not allow: our defect, never the caller's. */
export class OutputMismatch extends Error {
  override readonly name = 'OutputMismatch';

  constructor(where: string, expected: string, got: unknown) {
    const kind = got === null ? 'null' : Array.isArray(got) ? 'an array' : typeof got === 'object' ? `a ${got.constructor?.name ?? 'bare object'}` : `a ${typeof got}`;
    super(`${where} must be ${expected}, the operation returned ${kind}`);
  }
}
