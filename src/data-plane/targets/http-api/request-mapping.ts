import { percentEncoded } from '../../../kernel/index.ts';
import type { ParameterMapping } from '../../../snapshot/index.ts';
import type { ApiExchange } from '../../exchange/index.ts';
import { compileSelection, queryPairs, type Selection, type SelectionSource } from './selection.ts';

/** What of a request the integration gets. */
export interface MappedRequest {
  /** As sent, or what a mapping made of it; without the query. */
  readonly path: string;
  readonly query: string | null;
  /** Field lines. */
  readonly headers: string;
}

interface Compiled {
  readonly mapping: ParameterMapping;
  readonly selection: Selection;
}

/** CR, LF and NUL must not get into a head, whatever a body or a query holds. */
// oxlint-disable-next-line no-control-regex
const NOT_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/g;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The request mappings of an integration, compiled. */
export class RequestMapping {
  readonly #steps: readonly Compiled[];
  readonly needsBody: boolean;

  constructor(mappings: readonly ParameterMapping[]) {
    this.#steps = mappings.map((mapping) => ({ mapping, selection: compileSelection(mapping.value) }));
    this.needsBody = this.#steps.some(({ selection }) => selection.needsBody);
  }

  get empty(): boolean {
    return this.#steps.length === 0;
  }

  /** `request` with the mappings applied. Values come from the request as the client sent it, in whatever order the mappings are. */
  apply(call: ApiExchange, body: Buffer | null, request: MappedRequest): MappedRequest {
    if (this.empty) return request;
    let { path, query, headers } = request;
    const source: SelectionSource = { call, body, response: null };
    for (const { mapping, selection } of this.#steps) {
      const value = mapping.action === 'remove' ? '' : selection.value(source);
      // what is not there maps to nothing
      if (value === null) continue;
      if (mapping.part === 'header') headers = editedFields(headers, mapping, value);
      else if (mapping.part === 'querystring') query = editedQuery(query, mapping, value);
      else if (mapping.part === 'path') path = safePath(value);
    }
    return { path, query, headers };
  }
}

/** Field lines with one field appended (joined with what is there), overwritten or removed. */
export function editedFields(headers: string, { action, name }: Pick<ParameterMapping, 'action' | 'name'>, value: string): string {
  if (!TOKEN.test(name)) return headers;
  const lower = name.toLowerCase();
  let kept = '';
  let before: string | null = null;
  for (let from = 0; from < headers.length; ) {
    let end = headers.indexOf('\r\n', from);
    end = end < 0 ? headers.length : end + 2;
    if (headers.charCodeAt(from + lower.length) === 58 && headers.slice(from, from + lower.length).toLowerCase() === lower) {
      const held = headers.slice(from + lower.length + 1, end).trim();
      before = before === null ? held : `${before},${held}`;
    } else kept += headers.slice(from, end);
    from = end;
  }
  if (action === 'remove') return kept;
  const text = octets(value);
  return `${kept}${name}: ${action === 'append' && before !== null ? `${before},${text}` : text}\r\n`;
}

/** UTF-8 as the characters that field lines are kept in, without what would end a line. */
export function octets(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1').replace(NOT_VALUE, ' ').trim();
}

function editedQuery(query: string | null, { action, name }: ParameterMapping, value: string): string | null {
  const pairs = queryPairs(query);
  const kept = action === 'append' ? pairs : pairs.filter(([key]) => key !== name);
  const all = action === 'remove' ? kept : [...kept, [name, value] as const];
  return all.length === 0 ? null : all.map(([key, text]) => `${encodeURIComponent(key)}=${percentEncoded(text)}`).join('&');
}

/** What may stand in a request line: what is not a path's character is encoded, what is encoded already stays. */
export function safePath(value: string): string {
  const path = value.startsWith('/') ? value : `/${value}`;
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@%/]/gu, percentEncoded);
}
