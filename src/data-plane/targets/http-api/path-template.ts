import type { ApiExchange } from '../../exchange/index.ts';

const UNRESERVED = /^[A-Za-z0-9._~!*'()-]*$/;

/** The path of an integration's URL, in which path variables stand as `{name}`; their values are encoded again, but for slashes. */
export class PathTemplate {
  /** Text, and names in between. */
  readonly #parts: readonly string[];

  constructor(path: string) {
    this.#parts = path.split(/\{([^{}]+?)\+?\}/);
  }

  pathOf(call: Pick<ApiExchange, 'pathParameter'>): string {
    const parts = this.#parts;
    let path = parts[0]!;
    for (let i = 1; i < parts.length; i += 2) path += encoded(call.pathParameter(parts[i]!) ?? '') + parts[i + 1]!;
    return path;
  }
}

function encoded(value: string): string {
  return UNRESERVED.test(value) ? value : value.split('/').map(encodeURIComponent).join('/');
}
