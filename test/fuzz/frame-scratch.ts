/** Frames of one conversation after another, written into the same octets: making them must not cost more than reading them. */
export class FrameScratch {
  readonly #octets = Buffer.allocUnsafeSlow(1024 * 1024);
  #at = 0;
  #head = 0;

  get written(): Buffer {
    return this.#octets.subarray(0, this.#at);
  }

  reset(): void {
    this.#at = 0;
  }

  /** Octets as they are: the preface, a payload. */
  raw(octets: Buffer): void {
    this.#at += octets.copy(this.#octets, this.#at);
  }

  begin(type: number, flags: number, stream: number): void {
    this.#head = this.#at;
    this.#octets[this.#at + 3] = type;
    this.#octets[this.#at + 4] = flags;
    this.#octets.writeUInt32BE(stream, this.#at + 5);
    this.#at += 9;
  }

  end(): void {
    this.#octets.writeUIntBE(this.#at - this.#head - 9, this.#head, 3);
  }

  byte(value: number): void {
    this.#octets[this.#at++] = value;
  }

  uint16(value: number): void {
    this.#at = this.#octets.writeUInt16BE(value, this.#at);
  }

  uint32(value: number): void {
    this.#at = this.#octets.writeUInt32BE(value, this.#at);
  }

  fill(count: number, value: number): void {
    this.#octets.fill(value, this.#at, this.#at + count);
    this.#at += count;
  }

  /** A literal that no table remembers. */
  field(name: string, value: string): void {
    this.byte(0);
    this.text(name);
    this.text(value);
  }

  /** An integer of HPACK. */
  integer(pattern: number, mask: number, value: number): void {
    if (value < mask) return this.byte(pattern | value);
    this.byte(pattern | mask);
    let rest = value - mask;
    for (; rest >= 128; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  /** Moves what the frame that was begun last has from `cut` on into one of its own. */
  split(cut: number, type: number, flags: number): void {
    const from = this.#head + 9 + Math.min(cut, this.#at - this.#head - 9);
    this.#octets.copyWithin(from + 9, from, this.#at);
    const stream = this.#octets.readUInt32BE(this.#head + 5);
    const till = this.#at + 9;
    this.#at = from;
    this.end();
    this.begin(type, flags, stream);
    this.#at = till;
    this.end();
  }

  get payload(): number {
    return this.#at - this.#head - 9;
  }

  /** A string of HPACK, without Huffman. */
  text(text: string): void {
    // the length fits into the prefix
    if (text.length > 126) throw new RangeError('a text that is too long for this');
    this.byte(text.length);
    this.#at += this.#octets.write(text, this.#at, 'latin1');
  }
}
