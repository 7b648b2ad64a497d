import { JsonSchema, SchemaError } from '../../../kernel/index.ts';
import type { WebSocketModels } from '../../../snapshot/index.ts';
import { selectRoute } from './select-route.ts';

/** Holds messages against the models of a route. A schema that cannot be executed fits nothing. */
export class RequestModels {
  readonly #selection: WebSocketModels['selection'];
  readonly #schemas = new Map<string, JsonSchema | string>();

  constructor({ selection, schemas, library }: WebSocketModels) {
    this.#selection = selection;
    const documents: Record<string, unknown> = {};
    for (const [name, text] of Object.entries(library)) documents[name] = parsed(text);
    for (const [key, text] of Object.entries(schemas)) this.#schemas.set(key, schemaOf(text, documents));
  }

  /** What is wrong with a message; null: nothing, or no model is for it. */
  complaint(message: string): string | null {
    const schema = this.#schemas.get(selectRoute(this.#selection, message) ?? '$default') ?? this.#schemas.get('$default');
    if (schema === undefined) return null;
    if (typeof schema === 'string') return schema;
    const body = parsed(message);
    if (body === undefined) return '[Unable to parse request body]';
    const complaints = schema.complaints(body);
    return complaints.length === 0 ? null : `[${complaints.join(', ')}]`;
  }
}

/** Undefined: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function schemaOf(text: string, models: Readonly<Record<string, unknown>>): JsonSchema | string {
  try {
    return new JsonSchema(parsed(text), models);
  } catch (error) {
    if (error instanceof SchemaError) return `the model cannot be executed: ${error.message}`;
    throw error;
  }
}
