import { parseSelectionExpression } from './selection-expression.ts';

/**
 * The mapping template that is chosen whatever the message is. One without variables and directives renders as it is written; others need an engine, which
 * WebSocket APIs do not have here.
 */
export type StaticTemplate = { readonly kind: 'none' } | { readonly kind: 'text'; readonly text: string } | { readonly kind: 'dynamic' };

export function staticTemplate(templates: Readonly<Record<string, string>> | null, selection: string | null): StaticTemplate {
  if (templates === null || Object.keys(templates).length === 0) return { kind: 'none' };
  const parsed = parseSelectionExpression(selection ?? '\\$default');
  if (parsed.kind === 'wrong' || parsed.parts.some(({ kind }) => kind === 'body')) return { kind: 'dynamic' };
  const key = parsed.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const text = Object.hasOwn(templates, key) ? templates[key] : templates['$default'];
  if (text === undefined) return { kind: 'none' };
  return /[$#]/.test(text) ? { kind: 'dynamic' } : { kind: 'text', text };
}
