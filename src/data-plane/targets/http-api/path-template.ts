import type { ApiExchange } from '../../exchange/index.ts';

/** Characters that stay as they are. */
const UNRESERVED: readonly boolean[] = Array.from({ length: 128 }, (_, code) => /[A-Za-z0-9._~!*'()-]/.test(String.fromCharCode(code)));

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
  // values are short, and the call of a regular expression costs more than a look at each character
  for (let i = 0; i < value.length; i++) if (UNRESERVED[value.charCodeAt(i)] !== true) return value.split('/').map(encodeURIComponent).join('/');
  return value;
}
