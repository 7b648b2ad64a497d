interface Latin1Buffer {
  /** `write(text, at, 'latin1')` without its argument checks. */
  latin1Write(text: string, at: number, length: number): number;
}

/** Octets of ASCII text. */
export function octets(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/**
 * One line of a log as pieces that are copied one after the other. Most pieces are made once and kept by whoever adds them: joining strings and
 * encoding the result costs several times what copying octets does (docs/decisions/0003). A piece may be overwritten once the line is copied.
 */
export class LogLine {
  readonly #pieces: (Uint8Array | string)[] = [];
  #count = 0;
  #length = 0;

  /** Octets of the whole line. */
  get length(): number {
    return this.#length;
  }

  clear(): this {
    this.#count = this.#length = 0;
    return this;
  }

  /** The next piece; a string is ASCII. */
  add(piece: Uint8Array | string): this {
    this.#pieces[this.#count++] = piece;
    this.#length += piece.length;
    return this;
  }

  /** Copies all pieces to `at` of `buffer`, which has room for them. */
  copyTo(buffer: Buffer, at: number): void {
    let to = at;
    for (let i = 0; i < this.#count; i++) {
      const piece = this.#pieces[i]!;
      if (typeof piece === 'string') (buffer as unknown as Latin1Buffer).latin1Write(piece, to, piece.length);
      else buffer.set(piece, to);
      to += piece.length;
    }
  }

  toString(): string {
    const whole = Buffer.alloc(this.#length);
    this.copyTo(whole, 0);
    return whole.toString('latin1');
  }
}
