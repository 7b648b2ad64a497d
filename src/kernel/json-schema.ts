import { Pattern, PatternError } from './pattern.ts';

/** A schema that cannot be executed, with the reason in a sentence. */
export class SchemaError extends Error {}

/** A keyword as a check: adds what is wrong with `value` to the run. */
type Check = (value: unknown, run: Run) => void;
type JsonObject = Readonly<Record<string, unknown>>;

/** Values that are looked at in one validation; with `uniqueItems` and `enum`, comparisons too. */
const STEPS = 200_000;
const DEEPEST = 100;
/** Complaints that are kept. */
const COMPLAINTS = 20;
const TOO_LARGE = 'the value is too large to be validated';
const MODEL = /^https?:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([A-Za-z0-9]+)(#.*)?$/;

/**
 * A JSON schema of draft 4, which models of API Gateway are written in (https://json-schema.org/draft-04/schema). `format` is an annotation. References lead into the
 * document itself, or to other models. https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
 */
export class JsonSchema {
  readonly #check: Check;

  /** `models`: the documents of others, by name. Throws `SchemaError`. */
  constructor(document: unknown, models: Readonly<Record<string, unknown>> = {}) {
    this.#check = new Compiler(models).schema(document, document);
  }

  /** What is wrong with a value, in the order in which it was found; empty: it is valid. */
  complaints(value: unknown): readonly string[] {
    const run = new Run();
    this.#check(value, run);
    // a schema may have turned what could not be looked at into what is valid (`not`)
    if (run.overrun && run.complaints.length === 0) run.complain(TOO_LARGE);
    return run.complaints;
  }
}

class Run {
  readonly complaints: string[] = [];
  depth = 0;
  /** Something was not looked at. */
  overrun = false;
  #left: number;

  constructor(left = STEPS) {
    this.#left = left;
  }

  get left(): number {
    return this.#left;
  }

  step(steps = 1): void {
    this.#left -= steps;
  }

  /** Too much was asked of the validation: the value counts as wrong. */
  get exhausted(): boolean {
    return this.#left <= 0 || this.depth > DEEPEST;
  }

  complain(what: string): void {
    if (this.complaints.length < COMPLAINTS) this.complaints.push(what);
  }

  /** Whether a value is valid for a check by itself. */
  holds(check: Check, value: unknown): boolean {
    const run = new Run(this.#left);
    run.depth = this.depth;
    check(value, run);
    this.#left = run.left;
    this.overrun ||= run.overrun;
    return run.complaints.length === 0;
  }
}

class Compiler {
  readonly #models: Readonly<Record<string, unknown>>;
  /** Schemas that references lead to, compiled once: they may lead to themselves. */
  readonly #referenced = new Map<unknown, { check: Check | null }>();
  #depth = 0;

  constructor(models: Readonly<Record<string, unknown>>) {
    this.#models = models;
  }

  schema(schema: unknown, root: unknown): Check {
    if (!isObject(schema)) throw new SchemaError(`a schema is ${typeOf(schema)} where an object was expected`);
    if (++this.#depth > DEEPEST) throw new SchemaError(`schemas nest deeper than ${DEEPEST}`);
    // beside $ref nothing counts (draft 4, JSON Reference)
    const checks = typeof schema['$ref'] === 'string' ? [this.#reference(schema['$ref'], root)] : Object.keys(schema).flatMap((keyword) => this.#keyword(keyword, schema, root) ?? []);
    this.#depth--;
    return (value, run) => {
      run.step();
      if (run.exhausted) {
        run.overrun = true;
        return run.complain(TOO_LARGE);
      }
      run.depth++;
      for (const check of checks) check(value, run);
      run.depth--;
    };
  }

  #reference(reference: string, root: unknown): Check {
    const model = MODEL.exec(reference);
    if (model !== null && !Object.hasOwn(this.#models, model[1]!)) throw new SchemaError(`there is no model ${model[1]}`);
    const document = model === null ? root : this.#models[model[1]!];
    const pointer = model === null ? reference : (model[2] ?? '#');
    if (!pointer.startsWith('#')) throw new SchemaError(`the reference ${reference} leads out of the API`);
    let target: unknown = document;
    for (const part of pointer.slice(1).split('/').slice(1)) {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      target = (isObject(target) || Array.isArray(target)) && Object.hasOwn(target, name) ? (target as JsonObject)[name] : undefined;
    }
    if (target === undefined) throw new SchemaError(`the reference ${reference} leads nowhere`);
    let known = this.#referenced.get(target);
    if (known === undefined) {
      this.#referenced.set(target, (known = { check: null }));
      known.check = this.schema(target, document);
    }
    const found = known;
    return (value, run) => found.check!(value, run);
  }

  #keyword(keyword: string, schema: JsonObject, root: unknown): Check | null {
    const setting = schema[keyword];
    const each = (): readonly Check[] => {
      if (!Array.isArray(setting) || setting.length === 0) throw new SchemaError(`${keyword} must be a list of schemas`);
      return setting.map((one) => this.schema(one, root));
    };
    switch (keyword) {
      case 'type':
        return typeCheck(setting);
      case 'enum':
        return enumCheck(setting);
      case 'properties':
        return this.#properties(schema, root);
      case 'patternProperties':
      case 'additionalProperties':
        return Object.hasOwn(schema, 'properties') || (keyword === 'additionalProperties' && Object.hasOwn(schema, 'patternProperties')) ? null : this.#properties(schema, root);
      case 'required': {
        const names = strings(keyword, setting);
        return (value, run) => {
          if (!isObject(value)) return;
          const missing = names.filter((name) => !Object.hasOwn(value, name));
          if (missing.length > 0) run.complain(`object has missing required properties (${JSON.stringify(missing.sort())})`);
        };
      }
      case 'dependencies':
        return this.#dependencies(setting, root);
      case 'minProperties':
      case 'maxProperties':
        return sizeCheck(keyword, setting, (value) => (isObject(value) ? Object.keys(value).length : null));
      case 'items':
        return this.#items(schema, root);
      case 'minItems':
      case 'maxItems':
        return sizeCheck(keyword, setting, (value) => (Array.isArray(value) ? value.length : null));
      case 'minLength':
      case 'maxLength':
        return sizeCheck(keyword, setting, (value) => (typeof value === 'string' ? [...value].length : null));
      case 'uniqueItems':
        return setting === true ? uniqueCheck : null;
      case 'minimum':
      case 'maximum':
        return boundCheck(keyword, schema);
      case 'multipleOf': {
        if (typeof setting !== 'number' || setting <= 0) throw new SchemaError('multipleOf must be a number above 0');
        return (value, run) => {
          if (typeof value === 'number' && Math.abs(value / setting - Math.round(value / setting)) > 1e-9) run.complain(`numeric instance ${value} is not a multiple of ${setting}`);
        };
      }
      case 'pattern': {
        if (typeof setting !== 'string') throw new SchemaError('pattern must be a text');
        const pattern = patternOf(setting);
        return (value, run) => {
          if (typeof value === 'string' && !pattern.matches(value)) run.complain(`ECMA 262 regex "${setting}" does not match input string "${value.slice(0, 256)}"`);
        };
      }
      case 'allOf': {
        const checks = each();
        return (value, run) => {
          for (const check of checks) check(value, run);
        };
      }
      case 'anyOf': {
        const checks = each();
        return (value, run) => {
          if (!checks.some((check) => run.holds(check, value))) run.complain('instance failed to match at least one required schema');
        };
      }
      case 'oneOf': {
        const checks = each();
        return (value, run) => {
          const count = checks.filter((check) => run.holds(check, value)).length;
          if (count !== 1) run.complain(`instance failed to match exactly one schema (matched ${count} out of ${checks.length})`);
        };
      }
      case 'not': {
        const check = this.schema(setting, root);
        return (value, run) => {
          if (run.holds(check, value)) run.complain('instance matched a schema which it should not have');
        };
      }
      default:
        // annotations, and what only other keywords read
        return null;
    }
  }

  /** `properties`, `patternProperties` and `additionalProperties` are one check: the last is for what the others do not name. */
  #properties(schema: JsonObject, root: unknown): Check {
    const { properties = {}, patternProperties = {}, additionalProperties = true } = schema;
    if (!isObject(properties) || !isObject(patternProperties)) throw new SchemaError('properties and patternProperties must be objects');
    const named = new Map(Object.entries(properties).map(([name, one]) => [name, this.schema(one, root)]));
    const patterns = Object.entries(patternProperties).map(([source, one]) => ({ pattern: patternOf(source), check: this.schema(one, root) }));
    const rest = typeof additionalProperties === 'boolean' ? additionalProperties : this.schema(additionalProperties, root);
    return (value, run) => {
      if (!isObject(value)) return;
      const unwanted: string[] = [];
      for (const [name, item] of Object.entries(value)) {
        const own = named.get(name);
        own?.(item, run);
        const fitting = patterns.filter(({ pattern }) => pattern.matches(name));
        for (const { check } of fitting) check(item, run);
        if (own !== undefined || fitting.length > 0 || rest === true) continue;
        if (rest === false) unwanted.push(name);
        else rest(item, run);
      }
      if (unwanted.length > 0) run.complain(`object instance has properties which are not allowed by the schema: ${JSON.stringify(unwanted.sort())}`);
    };
  }

  #dependencies(setting: unknown, root: unknown): Check {
    if (!isObject(setting)) throw new SchemaError('dependencies must be an object');
    const all = Object.entries(setting).map(([name, one]): readonly [string, Check] => {
      if (!Array.isArray(one)) return [name, this.schema(one, root)];
      const names = strings('dependencies', one);
      return [name, (value, run) => {
        const missing = names.filter((other) => !Object.hasOwn(value as JsonObject, other));
        if (missing.length > 0) run.complain(`property "${name}" of object has missing property dependencies (${JSON.stringify(missing)})`);
      }];
    });
    return (value, run) => {
      if (!isObject(value)) return;
      for (const [name, check] of all) if (Object.hasOwn(value, name)) check(value, run);
    };
  }

  /** `items` with `additionalItems`, which only counts beside a list. */
  #items({ items, additionalItems = true }: JsonObject, root: unknown): Check {
    const places = Array.isArray(items) ? items.map((one) => this.schema(one, root)) : null;
    const each = places === null ? this.schema(items, root) : typeof additionalItems === 'boolean' ? additionalItems : this.schema(additionalItems, root);
    return (value, run) => {
      if (!Array.isArray(value)) return;
      for (let i = 0; i < value.length && !run.exhausted; i++) {
        const check = places?.[i] ?? each;
        if (typeof check === 'function') check(value[i], run);
        else if (!check) return run.complain(`array instance contains too many elements (found: ${value.length}, maximum allowed: ${places!.length})`);
      }
    };
  }
}

function patternOf(source: string): Pattern {
  try {
    return new Pattern(source, { fold: false, captures: false });
  } catch (error) {
    if (error instanceof PatternError) throw new SchemaError(`the pattern ${source} is not executed: ${error.message}`);
    throw error;
  }
}

const TYPES: ReadonlySet<string> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);

function typeCheck(setting: unknown): Check {
  const types = typeof setting === 'string' ? [setting] : strings('type', setting);
  for (const type of types) if (!TYPES.has(type)) throw new SchemaError(`there is no type ${type}`);
  return (value, run) => {
    const type = typeOf(value);
    if (!types.includes(type) && !(type === 'integer' && types.includes('number'))) run.complain(`instance type (${type}) does not match any allowed primitive type (allowed: ${JSON.stringify(types)})`);
  };
}

function enumCheck(setting: unknown): Check {
  if (!Array.isArray(setting) || setting.length === 0) throw new SchemaError('enum must be a list');
  const texts = new Set(setting.map(canonical));
  return (value, run) => {
    run.step(16);
    if (!texts.has(canonical(value))) run.complain(`instance value (${JSON.stringify(value)?.slice(0, 256)}) not found in enum (possible values: ${JSON.stringify(setting)})`);
  };
}

const uniqueCheck: Check = (value, run) => {
  if (!Array.isArray(value)) return;
  run.step(value.length);
  if (new Set(value.map(canonical)).size < value.length) run.complain('array must not contain duplicate elements');
};

/** The same text for equal values. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item)) ?? '';
}

function sizeCheck(keyword: string, setting: unknown, size: (value: unknown) => number | null): Check {
  if (typeof setting !== 'number' || !Number.isInteger(setting) || setting < 0) throw new SchemaError(`${keyword} must be a whole number`);
  const least = keyword.startsWith('min');
  return (value, run) => {
    const has = size(value);
    if (has !== null && (least ? has < setting : has > setting)) run.complain(`${keyword} is ${setting}, and there are ${has}`);
  };
}

function boundCheck(keyword: 'minimum' | 'maximum', schema: JsonObject): Check {
  const bound = schema[keyword];
  if (typeof bound !== 'number') throw new SchemaError(`${keyword} must be a number`);
  const least = keyword === 'minimum';
  const exclusive = schema[least ? 'exclusiveMinimum' : 'exclusiveMaximum'] === true;
  return (value, run) => {
    if (typeof value !== 'number') return;
    if (least ? value < bound : value > bound) run.complain(`numeric instance is ${least ? 'lower' : 'greater'} than the required ${keyword} (${keyword}: ${bound}, found: ${value})`);
    else if (exclusive && value === bound) run.complain(`numeric instance is not strictly ${least ? 'greater' : 'lower'} than the required ${keyword} ${bound}`);
  };
}

function strings(keyword: string, setting: unknown): readonly string[] {
  if (!Array.isArray(setting) || setting.some((one) => typeof one !== 'string')) throw new SchemaError(`${keyword} must be a list of texts`);
  return setting as readonly string[];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}
