import { compileTemplate } from '../../../vtl/index.ts';
import { parseSelectionExpression, type SelectionScope } from '../../resources/apigatewayv2/index.ts';
import { badRequest } from './error.ts';

/** Refuses mapping templates that could not be executed: what a template would do is known when it is set, not when a message comes. */
export function checkTemplates(templates: Readonly<Record<string, string>> | null, selection: string | null, scope: SelectionScope): void {
  for (const [key, text] of Object.entries(templates ?? {})) {
    const compiled = compileTemplate(text);
    if (compiled.kind === 'wrong') throw badRequest(`Invalid mapping template specified: ${key}: ${compiled.why}`);
  }
  if (selection === null) return;
  const parsed = parseSelectionExpression(selection, scope);
  const known = scope === 'message' ? 'Static text and $request.body' : 'Static text, $request.body, $integration.response.statuscode and $integration.response.header.Content-Type';
  if (parsed.kind === 'wrong') throw badRequest(`Invalid template selection expression specified: ${selection}: ${parsed.why}. ${known} are evaluated`);
}
