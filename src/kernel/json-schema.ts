import type * as Ajv from 'ajv';
import { latePackage } from './late-package.ts';
import { Pattern } from './pattern.ts';

/** A JSON schema that is refused, with the reason in a sentence. */
export class JsonSchemaError extends Error {}

type Schema = Readonly<Record<string, unknown>>;

/** How one model refers to another: https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html */
const MODEL = /^https?:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([A-Za-z0-9]+)(#.*)?$/;

/** The deepest that a schema, or a value that is held against one, may be: both are walked by recursion. */
const DEEPEST = 200;

/**
 * A JSON schema, ready to be held against values: draft 4 as API Gateway has it, with what later drafts add. Formats are not looked at. Patterns must be
 * such as can be run in linear time.
 */
export class JsonSchema {
  readonly #validate: Ajv.ValidateFunction;

  /** `models`: the texts of those that it may refer to, by name. Throws `JsonSchemaError`. */
  constructor(text: string, models: Readonly<Record<string, string>> = {}) {
    try {
      this.#validate = compile(text, models);
    } catch (error) {
      if (error instanceof JsonSchemaError) throw error;
      throw new JsonSchemaError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  accepts(value: unknown): boolean {
    return this.complaint(value) === null;
  }

  /** What is wrong with a value, for people; null: nothing. */
  complaint(value: unknown): string | null {
    if (!isShallow(value)) return 'the instance is nested too deeply';
    try {
      return this.#validate(value) === true ? null : sentence(this.#validate.errors?.[0], value);
    } catch (error) {
      // a schema that refers to itself without going down into the value
      if (error instanceof RangeError) return 'the schema has no end';
      throw error;
    }
  }
}

const ajv = latePackage<typeof Ajv>('ajv', import.meta.url);

function parsed(text: string): Schema {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new JsonSchemaError('it is not valid JSON');
  }
  if (!isObject(read)) throw new JsonSchemaError('it is not a JSON object');
  return read;
}

function compile(text: string, models: Readonly<Record<string, string>>): Ajv.ValidateFunction {
  const regExp = Object.assign(
    (source: string) => {
      const pattern = new Pattern(source, { fold: false, captures: false });
      return { test: (text: string) => pattern.matches(text) };
    },
    { code: 'none' },
  );
  const engine = new (ajv().Ajv)({ strict: false, validateFormats: false, logger: false, code: { regExp: regExp as never } });
  const referred = new Set<string>();
  const schema = modern(parsed(text), { depth: 0, referred });
  // a set goes on with what is added to it meanwhile: models that models refer to
  for (const name of referred) {
    if (!Object.hasOwn(models, name)) throw new JsonSchemaError(`there is no model ${name}`);
    engine.addSchema(modern(parsed(models[name]!), { depth: 0, referred }), `model:${name}`);
  }
  return engine.compile(schema);
}

/** In the words of API Gateway's validator for what is wrong most often. */
function sentence(error: Ajv.ErrorObject | undefined, value: unknown): string {
  const at = error?.instancePath ?? '';
  const params = (error?.params ?? {}) as Readonly<Record<string, unknown>>;
  switch (error?.keyword) {
    case 'required':
      return `object has missing required properties (${JSON.stringify([params['missingProperty']])})`;
    case 'type': {
      const found = at.split('/').slice(1).reduce<unknown>((from, name) => (from as Schema | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], value);
      return `instance type (${typeOf(found)}) does not match any allowed primitive type (allowed: ${JSON.stringify([params['type']].flat())})`;
    }
    case 'additionalProperties':
      return `object instance has properties which are not allowed by the schema: ${JSON.stringify([params['additionalProperty']])}`;
    default:
      return `${at === '' ? 'instance' : at} ${error?.message ?? 'is not valid'}`;
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}

/** A schema of draft 4 in the words of draft 7: what said that bounds are exclusive, and `$schema` and `id` away. */
function modern(schema: Schema, at: { readonly depth: number; readonly referred: Set<string> }): Schema {
  const { depth, referred } = at;
  const below = { depth: depth + 1, referred };
  if (depth > DEEPEST) throw new JsonSchemaError('it is nested too deeply');
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$schema' || (name === 'id' && typeof value === 'string')) continue;
    if (name === 'enum' || name === 'const' || name === 'default' || name === 'examples') made[name] = value;
    else if (Array.isArray(value)) made[name] = (value as readonly unknown[]).map((item) => (isObject(item) ? modern(item, below) : item));
    else made[name] = isObject(value) ? modern(value, below) : value;
    const [, model, fragment = ''] = name === '$ref' && typeof value === 'string' ? (MODEL.exec(value) ?? []) : [];
    if (model === undefined) continue;
    referred.add(model);
    made[name] = `model:${model}${fragment}`;
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

/** Whether a value may be walked by recursion: one that a client has sent can nest as deep as it is long. */
export function isShallow(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < DEEPEST && Object.values(value).every((item) => isShallow(item, depth + 1));
}

