/** Octets of a block that are kept at most. */
const MOST = 512;

/** Field lines that were encoded last, and the octets that came of them: as long as the table stays as it is, the same lines are copied. */
export class EncodedText {
  readonly #octets = Buffer.allocUnsafeSlow(MOST);
  #length = 0;
  #text = '';
  /** What else it was made for: a status. */
  #tag = 0;
  /** Of the table; -1: nothing is kept. */
  #generation = -1;

  static readonly MOST = MOST;

  /** The octets are those of this text. Where it is the same string this takes no time. */
  is(text: string, tag: number, generation: number): boolean {
    return generation === this.#generation && tag === this.#tag && text === this.#text;
  }

  /** The octets hold still, whatever they are of. */
  holds(generation: number): boolean {
    return generation === this.#generation;
  }

  /** Where they end in `into`. */
  copy(into: Buffer, start: number): number {
    const length = this.#length;
    const octets = this.#octets;
    for (let i = 0; i < length; i++) into[start + i] = octets[i]!;
    return start + length;
  }

  forget(): void {
    this.#generation = -1;
  }

  /** What has just been encoded, without a change to the table; nothing is kept of what is too long. */
  keep(of: { readonly text: string; readonly tag: number; readonly generation: number }, into: Buffer, { start, end }: { readonly start: number; readonly end: number }): void {
    if (end - start > MOST) return this.forget();
    into.copy(this.#octets, 0, start, end);
    this.#length = end - start;
    this.#text = of.text;
    this.#tag = of.tag;
    this.#generation = of.generation;
  }
}
