import { StringDecoder } from 'node:string_decoder';

/** CloudWatch Logs takes events of up to 256 KB. */
export const LONGEST_LINE = 256 * 1024;

/** Cuts a byte stream into lines. A line longer than the limit comes out in pieces; the last piece at `end`. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #emit: (line: string) => void;
  #rest = '';

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk);
    let from = 0;
    for (;;) {
      let to = text.indexOf('\n', from);
      const cut = to < 0 || to - from > LONGEST_LINE;
      if (cut) {
        if (text.length - from <= LONGEST_LINE) break;
        to = from + LONGEST_LINE;
      }
      this.#emit(text.slice(from, !cut && text[to - 1] === '\r' && to > from ? to - 1 : to));
      from = cut ? to : to + 1;
    }
    this.#rest = text.slice(from);
  }

  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (rest !== '') this.#emit(rest);
  }
}
