import { compileTemplate } from '../../../vtl/index.ts';
import { parseSelectionExpression } from '../../resources/apigatewayv2/index.ts';
import { badRequest } from './error.ts';

/** Refuses mapping templates that could not be executed: what a template would do is known when it is set, not when a message comes. */
export function checkTemplates(templates: Readonly<Record<string, string>> | null, selection: string | null): void {
  for (const [key, text] of Object.entries(templates ?? {})) {
    const compiled = compileTemplate(text);
    if (compiled.kind === 'wrong') throw badRequest(`Invalid mapping template specified: ${key}: ${compiled.why}`);
  }
  if (selection === null) return;
  const parsed = parseSelectionExpression(selection);
  if (parsed.kind === 'wrong') throw badRequest(`Invalid template selection expression specified: ${selection}: ${parsed.why}. Static text and $request.body are evaluated`);
}
