import { JsonPathReader, valueAt } from '../kernel/index.ts';
import { TemplateError } from './node.ts';
import { handle, readJson, valueOf, type Value } from './value.ts';

/** A JSON document that templates look into by JSONPath. */
export class JsonDocument {
  readonly #root: unknown;
  readonly #length: number;

  private constructor(root: unknown, length: number) {
    this.#root = root;
    this.#length = length;
  }

  /** Null: the text is none. */
  static of(text: string): JsonDocument | null {
    try {
      return new JsonDocument(readJson(text), text.length);
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** What a path leads to, to be changed as the template likes; undefined: nothing. Filters and scripts are refused: throws `TemplateError`. */
  at(path: string): Value | undefined {
    const reader = new JsonPathReader(path, path.startsWith('$') ? 1 : 0);
    const steps = reader.read();
    if (typeof steps === 'string') throw new TemplateError(`the JSONPath ${path} is not executed: ${steps}`);
    if (reader.at !== path.length) throw new TemplateError(`the JSONPath ${path} is not executed beyond character ${reader.at}`);
    for (const { kind } of steps) if (kind === 'descend') handle(this.#length);
    const found = valueAt(this.#root, steps);
    return found === undefined ? undefined : valueOf(found);
  }
}
