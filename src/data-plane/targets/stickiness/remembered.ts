/**
 * What was worked out from a text, kept as long as it is among those asked for lately: two generations, of which the older is dropped when the
 * younger is full. Costs a look-up, and nothing to move what is found.
 */
export class Remembered<T> {
  readonly #most: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(text: string, workOut: (text: string) => T): T {
    let value = this.#young.get(text);
    if (value !== undefined) return value;
    value = this.#old.get(text) ?? workOut(text);
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, value);
    return value;
  }
}
