import { JsonSchema, JsonSchemaError } from '../../../kernel/index.ts';
import type { WebSocketModels } from '../../../snapshot/index.ts';
import { selectRoute } from './select-route.ts';

/** Holds messages against the models of a route. A schema that cannot be executed fits nothing. */
export class RequestModels {
  readonly #selection: WebSocketModels['selection'];
  readonly #schemas = new Map<string, JsonSchema | string>();

  constructor({ selection, schemas, library }: WebSocketModels) {
    this.#selection = selection;
    for (const [key, text] of Object.entries(schemas)) this.#schemas.set(key, schemaOf(text, library));
  }

  /** What is wrong with a message; null: nothing, or no model is for it. */
  complaint(message: string): string | null {
    const schema = this.#schemas.get(selectRoute(this.#selection, message) ?? '$default') ?? this.#schemas.get('$default');
    if (schema === undefined) return null;
    if (typeof schema === 'string') return schema;
    const body = parsed(message);
    if (body === undefined) return '[Unable to parse request body]';
    const complaint = schema.complaint(body);
    return complaint === null ? null : `[${complaint}]`;
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

function schemaOf(text: string, models: Readonly<Record<string, string>>): JsonSchema | string {
  try {
    return new JsonSchema(text, models);
  } catch (error) {
    if (error instanceof JsonSchemaError) return `the model cannot be executed: ${error.message}`;
    throw error;
  }
}
