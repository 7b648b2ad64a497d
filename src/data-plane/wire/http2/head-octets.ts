/** Octets of a head that are kept to be compared at most. */
const MOST = 512;

/** A head of HTTP/1.1 where it was read. */
export interface Octets {
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  /** Tells apart what of it goes on: of two heads of the same octets with the same number the same does. */
  readonly passes: number;
}

/** The octets of the head that was encoded last. Targets mostly say the same again, and to see that costs less than to make lines of it. */
export class HeadOctets {
  readonly #octets = new DataView(new ArrayBuffer(MOST));
  /** 0: none. */
  #length = 0;
  #passes = 0;

  are({ view, start, end, passes }: Octets): boolean {
    const length = end - start;
    if (length !== this.#length || passes !== this.#passes) return false;
    const octets = this.#octets;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (view.getInt32(start + i) !== octets.getInt32(i)) return false;
    for (; i < length; i++) if (view.getUint8(start + i) !== octets.getUint8(i)) return false;
    return true;
  }

  keep({ view, start, end, passes }: Octets): void {
    const length = end - start;
    if (length > MOST) return this.forget();
    this.#length = length;
    this.#passes = passes;
    for (let i = 0; i < length; i++) this.#octets.setUint8(i, view.getUint8(start + i));
  }

  forget(): void {
    this.#length = 0;
  }
}
