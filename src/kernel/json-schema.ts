import type * as Ajv from 'ajv';
import { latePackage } from './late-package.ts';
import { Pattern } from './pattern.ts';

/** A JSON schema that is refused, with the reason in a sentence. */
export class JsonSchemaError extends Error {}

type Schema = Readonly<Record<string, unknown>>;

/** The deepest that a schema, or a value that is held against one, may be: both are walked by recursion. */
const DEEPEST = 200;

/**
 * A JSON schema, ready to be held against values: draft 4 as API Gateway has it, with what later drafts add. Formats are not looked at. Patterns must be
 * such as can be run in linear time.
 */
export class JsonSchema {
  readonly #validate: Ajv.ValidateFunction;

  /** Throws `JsonSchemaError`. */
  constructor(text: string) {
    let read: unknown;
    try {
      read = JSON.parse(text);
    } catch {
      throw new JsonSchemaError('it is not valid JSON');
    }
    if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new JsonSchemaError('it is not a JSON object');
    try {
      this.#validate = compile(modern(read as Schema, 0));
    } catch (error) {
      throw new JsonSchemaError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  accepts(value: unknown): boolean {
    return isShallow(value, 0) && this.#validate(value) === true;
  }
}

const ajv = latePackage<typeof Ajv>('ajv', import.meta.url);

function compile(schema: Schema): Ajv.ValidateFunction {
  const regExp = Object.assign(
    (source: string) => {
      const pattern = new Pattern(source, { fold: false, captures: false });
      return { test: (text: string) => pattern.matches(text) };
    },
    { code: 'none' },
  );
  return new (ajv().Ajv)({ strict: false, validateFormats: false, logger: false, code: { regExp: regExp as never } }).compile(schema);
}

/** A schema of draft 4 in the words of draft 7: what said that bounds are exclusive, and `$schema` and `id` away. */
function modern(schema: Schema, depth: number): Schema {
  if (depth > DEEPEST) throw new JsonSchemaError('it is nested too deeply');
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$schema' || (name === 'id' && typeof value === 'string')) continue;
    if (name === 'enum' || name === 'const' || name === 'default' || name === 'examples') made[name] = value;
    else if (Array.isArray(value)) made[name] = (value as readonly unknown[]).map((item) => (isObject(item) ? modern(item, depth + 1) : item));
    else made[name] = isObject(value) ? modern(value, depth + 1) : value;
  }
  for (const [exclusive, bound] of [['exclusiveMinimum', 'minimum'], ['exclusiveMaximum', 'maximum']] as const) {
    if (typeof made[exclusive] !== 'boolean') continue;
    if (made[exclusive] && made[bound] !== undefined) {
      made[exclusive] = made[bound];
      delete made[bound];
    } else delete made[exclusive];
  }
  return made;
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < DEEPEST && Object.values(value).every((item) => isShallow(item, depth + 1));
}

