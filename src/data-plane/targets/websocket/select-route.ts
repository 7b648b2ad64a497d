import { isShallow, valueAt } from '../../../kernel/index.ts';
import type { SelectionPart } from '../../../snapshot/index.ts';

/** What a backend said, for the expressions of integration responses. */
export interface BackendAnswer {
  readonly status: number;
  readonly contentType: string;
}

/**
 * The route key that a message asks for; null: the expression cannot be evaluated against it (it is not JSON, or what is asked for nests too
 * deeply), so that `$default` serves. A variable that is not found is '' (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html; the page's example
 * that drops the hyphen before such a variable contradicts its own rule, which is followed here).
 */
export function selectRoute(parts: readonly SelectionPart[], message: string, answer: BackendAnswer | null = null): string | null {
  let body: unknown;
  let parsed = false;
  let key = '';
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
        key += part.text;
        continue;
      case 'answer-status':
        key += answer?.status ?? '';
        continue;
      case 'answer-type':
        key += answer?.contentType ?? '';
        continue;
      case 'nothing':
        return null;
      case 'body':
    }
    if (!parsed) {
      try {
        body = JSON.parse(message);
      } catch {
        return null;
      }
      parsed = true;
    }
    const found = valueAt(body, part.path);
    if (!isShallow(found)) return null;
    key += stringified(found);
  }
  return key;
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
