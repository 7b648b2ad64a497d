import type { Resource } from '../resource.ts';

export type IntegrationType = 'AWS' | 'AWS_PROXY' | 'HTTP' | 'HTTP_PROXY' | 'MOCK';

/** Where a route leads. `id` is `API/INTEGRATION`, `parent` the API's id. HTTP APIs have AWS_PROXY and HTTP_PROXY only. */
export interface Integration extends Resource {
  readonly integrationId: string;
  readonly integrationType: IntegrationType;
  /** `EventBridge-PutEvents`, `SQS-SendMessage`, ...: HTTP APIs' calls of AWS services; null for all else. */
  readonly integrationSubtype: string | null;
  /** A function's ARN or invocation ARN, a URL, the ARN of a listener or a Cloud Map service (VPC link); null for subtypes and MOCK. */
  readonly integrationUri: string | null;
  /** Method of the request to the backend; null where it has none of its own. */
  readonly integrationMethod: string | null;
  readonly connectionType: 'INTERNET' | 'VPC_LINK';
  /** Id of a VPC link, exactly with VPC_LINK. May be `${stageVariables.x}`. */
  readonly connectionId: string | null;
  readonly credentialsArn: string | null;
  readonly description: string | null;
  readonly payloadFormatVersion: '1.0' | '2.0';
  /** HTTP APIs: `overwrite:header.x` -> value (proxy), or names of the subtype's parameters. WebSocket: `integration.request.header.x` -> `route.request...`. */
  readonly requestParameters: Readonly<Record<string, string>> | null;
  /** HTTP APIs: status code -> parameter -> value. */
  readonly responseParameters: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
  /** 50 to 30000 (HTTP) or 29000 (WebSocket). */
  readonly timeoutInMillis: number;
  /** Name that the certificate of the backend must have and that SNI asks for; private HTTPS integrations. */
  readonly tlsConfig: { readonly serverNameToVerify: string | null } | null;
  // WebSocket only, all of the rest.
  readonly contentHandlingStrategy: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT' | null;
  readonly passthroughBehavior: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER' | null;
  readonly requestTemplates: Readonly<Record<string, string>> | null;
  readonly templateSelectionExpression: string | null;
  /** Computed: `${integration.response.statuscode}` or, for functions, `${integration.response.header.x}`-like; null for HTTP APIs. */
  readonly integrationResponseSelectionExpression: string | null;
  /** Made by quick create. */
  readonly apiGatewayManaged: boolean;
}

/** The id in a route's target (`integrations/ID`); null where it is not one. */
export function integrationOfTarget(target: string | null): string | null {
  const match = target === null ? null : /^integrations\/([A-Za-z0-9]+)$/.exec(target);
  return match ? match[1]! : null;
}
