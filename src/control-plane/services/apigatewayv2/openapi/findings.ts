/** What an import has to say about a specification: what it ignored, and what is wrong but does not stop it. */
export class Findings {
  readonly #infos = new Set<string>();
  readonly #warnings = new Set<string>();

  /** Valid OpenAPI that HTTP APIs do not have. */
  info(sentence: string): void {
    if (this.#infos.size < MOST) this.#infos.add(sentence);
  }

  warn(sentence: string): void {
    if (this.#warnings.size < MOST) this.#warnings.add(sentence);
  }

  get infos(): readonly string[] {
    return [...this.#infos];
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }
}

const MOST = 200;
