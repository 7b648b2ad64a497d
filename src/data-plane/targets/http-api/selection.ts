import { contextVariable, type ApiExchange } from '../../exchange/index.ts';
import { parseJsonPath, selectJson, type JsonPath } from './json-path.ts';

/** Where a value is looked for: the request, and what there is of its body or of the integration's answer. */
export interface SelectionSource {
  readonly call: ApiExchange;
  /** Body of the request; null: none, or not read because nothing asks for it. */
  readonly body: Buffer | null;
  /** The integration's answer, in response mappings only. */
  readonly response: { readonly headers: string; readonly body: Buffer | null } | null;
}

/** A value of a parameter mapping, compiled. Null: what it names is not there. */
export interface Selection {
  value(source: SelectionSource): string | null;
  readonly needsBody: boolean;
}

/** Bodies are cut there before a path is looked for in them. */
const LONGEST_BODY = 100 * 1024;
/** In braces or without; a `$` before fewer than two characters of a name is text (observed). */
const REFERENCE = /\$\{([^}]+)\}|\$([A-Za-z0-9_.\-[\]'":*]{2,})/g;

/**
 * Compiles `$request.header.x`, `$context.y`, text, and text with variables in it, `${request.header.x}` or `$request.header.x`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
 */
export function compileSelection(text: string): Selection {
  if (!text.includes('$')) return constant(text);
  const parts: (string | Selection)[] = [];
  let at = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push(reference(match[1] ?? match[2]!) ?? match[0]);
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push(text.slice(at));
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') return only;
  return {
    needsBody: parts.some((part) => typeof part === 'object' && part.needsBody),
    // within a text, what is not there leaves nothing
    value: (source) => parts.map((part) => (typeof part === 'string' ? part : (part.value(source) ?? ''))).join(''),
  };
}

function constant(text: string): Selection {
  return { needsBody: false, value: () => text };
}

function of(value: (source: SelectionSource) => string | null, needsBody = false): Selection {
  return { needsBody, value };
}

/** `request.header.x`, without `$`. Null where it is no reference that there is. */
function reference(name: string): Selection | null {
  if (name.startsWith('context.')) {
    const variable = contextVariable(name.slice('context.'.length));
    return of(({ call }) => variable(call));
  }
  if (name.startsWith('stageVariables.')) {
    const key = name.slice('stageVariables.'.length);
    return of(({ call: { entry: { stage: { variables } } } }) => (Object.hasOwn(variables, key) ? variables[key]! : null));
  }
  if (name.startsWith('request.header.')) {
    const field = name.slice('request.header.'.length).toLowerCase();
    return of(({ call }) => joined(call.headerValues(field)));
  }
  if (name.startsWith('request.querystring.')) {
    const key = name.slice('request.querystring.'.length);
    return of(({ call }) => joined(queryValues(call.query, key)));
  }
  if (name === 'request.path') return of(({ call }) => call.routePath);
  if (name.startsWith('request.path.')) {
    const key = name.slice('request.path.'.length);
    return of(({ call }) => call.pathParameter(key));
  }
  if (name === 'request.body') return of(({ body }) => (body === null ? null : body.toString('utf8')), true);
  if (name.startsWith('request.body')) {
    const path = parseJsonPath(name.slice('request.body'.length));
    return path === null ? null : of(({ body }) => jsonValue(body, path), true);
  }
  if (name.startsWith('response.header.')) {
    const field = name.slice('response.header.'.length).toLowerCase();
    return of(({ response }) => (response === null ? null : joined(fieldValues(response.headers, field))));
  }
  if (name === 'response.body') return of(({ response }) => response?.body?.toString('utf8') ?? null, true);
  if (name.startsWith('response.body')) {
    const path = parseJsonPath(name.slice('response.body'.length));
    return path === null ? null : of(({ response }) => jsonValue(response?.body ?? null, path), true);
  }
  return null;
}

/** Several values are combined with commas. */
function joined(values: readonly string[]): string | null {
  return values.length === 0 ? null : values.length === 1 ? values[0]! : values.join(',');
}

function jsonValue(body: Buffer | null, path: JsonPath): string | null {
  if (body === null) return null;
  try {
    return selectJson(JSON.parse(body.toString('utf8', 0, Math.min(body.length, LONGEST_BODY))), path);
  } catch {
    return null;
  }
}

/** Values of that (lower-case) name in a block of field lines. */
export function fieldValues(block: string, name: string): readonly string[] {
  const values: string[] = [];
  for (let from = 0; from < block.length; ) {
    let end = block.indexOf('\r\n', from);
    if (end < 0) end = block.length;
    if (end - from > name.length && block.charCodeAt(from + name.length) === 58 && block.slice(from, from + name.length).toLowerCase() === name) {
      values.push(block.slice(from + name.length + 1, end).trim());
    }
    from = end + 2;
  }
  return values;
}

/** Pairs of a query, decoded; `+` is a space. */
export function queryPairs(query: string | null): readonly (readonly [name: string, value: string])[] {
  if (query === null || query === '') return [];
  const pairs: (readonly [string, string])[] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    pairs.push(equals < 0 ? [plainText(part), ''] : [plainText(part.slice(0, equals)), plainText(part.slice(equals + 1))]);
  }
  return pairs;
}

export function queryValues(query: string | null, name: string): readonly string[] {
  return queryPairs(query).filter(([key]) => key === name).map(([, value]) => value);
}

function plainText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
