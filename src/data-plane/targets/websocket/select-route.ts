import type { JsonPathStep, SelectionPart } from '../../../snapshot/index.ts';

/**
 * The route key that a message asks for; null: the expression cannot be evaluated against it (it is not JSON), so that `$default` serves. A variable
 * that is not found is '' (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html; the page's example
 * that drops the hyphen before such a variable contradicts its own rule, which is followed here).
 */
export function selectRoute(parts: readonly SelectionPart[], message: string): string | null {
  let body: unknown;
  let parsed = false;
  let key = '';
  for (const part of parts) {
    if (part.kind === 'text') {
      key += part.text;
      continue;
    }
    if (!parsed) {
      try {
        body = JSON.parse(message);
      } catch {
        return null;
      }
      parsed = true;
    }
    key += stringified(valueAt(body, part.path));
  }
  return key;
}

/**
 * What a path leads to; undefined: nothing. A path that can lead to several values gives the list of them, as JSONPath for Java does; one
 * of names and single indexes gives the value itself.
 */
export function valueAt(root: unknown, path: readonly JsonPathStep[]): unknown {
  let values: unknown[] = [root];
  let several = false;
  for (let i = 0; i < path.length; i++) {
    const step = path[i]!;
    if (step.kind === 'descend') {
      values = values.flatMap((value) => below(value));
      several = true;
      continue;
    }
    several ||= step.kind === 'every' || step.kind === 'slice' || (step.kind === 'names' ? step.names.length > 1 : step.indexes.length > 1);
    const next: unknown[] = [];
    for (const value of values) take(value, step, next);
    values = next;
    if (values.length === 0 && !several) return undefined;
  }
  return several ? values : values[0];
}

function take(value: unknown, step: Exclude<JsonPathStep, { kind: 'descend' }>, into: unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  switch (step.kind) {
    case 'names':
      if (Array.isArray(value)) return;
      for (const name of step.names) if (Object.hasOwn(value, name)) into.push((value as Readonly<Record<string, unknown>>)[name]);
      return;
    case 'every':
      into.push(...Object.values(value));
      return;
    case 'indexes':
      if (!Array.isArray(value)) return;
      for (const index of step.indexes) {
        const at = index < 0 ? value.length + index : index;
        if (at >= 0 && at < value.length) into.push(value[at]);
      }
      return;
    case 'slice':
      if (Array.isArray(value)) into.push(...value.slice(step.from ?? 0, step.to ?? value.length));
      return;
  }
}

/** A value and all that is in it. */
function below(value: unknown): unknown[] {
  const all: unknown[] = [];
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    all.push(next);
    open.push(...Object.values(next).reverse());
  }
  return all;
}

/** As the documentation shows it: strings as they are, lists as `[a, b]` (and so, in the same language, objects as `{a=1}`). */
function stringified(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return '';
      if (Array.isArray(value)) return `[${value.map((item) => (item === null ? 'null' : stringified(item))).join(', ')}]`;
      return `{${Object.entries(value).map(([name, item]) => `${name}=${item === null ? 'null' : stringified(item)}`).join(', ')}}`;
    default:
      return '';
  }
}
