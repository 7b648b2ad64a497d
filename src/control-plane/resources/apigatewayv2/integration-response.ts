import type { Resource } from '../resource.ts';

/** How an answer of a WebSocket integration is changed. `id` is `API/INTEGRATION/RESPONSE`, `parent` is the integration's `id`. */
export interface IntegrationResponse extends Resource {
  readonly integrationResponseId: string;
  /** `$default` or `/regex/`, held against the selection expression's value. */
  readonly integrationResponseKey: string;
  readonly contentHandlingStrategy: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT' | null;
  readonly responseParameters: Readonly<Record<string, string>> | null;
  readonly responseTemplates: Readonly<Record<string, string>> | null;
  readonly templateSelectionExpression: string | null;
}
