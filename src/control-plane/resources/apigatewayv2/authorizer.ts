import type { Resource } from '../resource.ts';

/** Who decides whether a request may pass. `id` is `API/AUTHORIZER`, `parent` the API's id. */
export type Authorizer = JwtAuthorizer | RequestAuthorizer;

interface AuthorizerBase extends Resource {
  readonly authorizerId: string;
  /** Unique within the API. */
  readonly name: string;
  readonly identitySource: readonly string[];
}

/** HTTP APIs only. */
export interface JwtAuthorizer extends AuthorizerBase {
  readonly authorizerType: 'JWT';
  readonly jwtConfiguration: { readonly audience: readonly string[]; readonly issuer: string };
}

/** A function. */
export interface RequestAuthorizer extends AuthorizerBase {
  readonly authorizerType: 'REQUEST';
  /** `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION-ARN/invocations` */
  readonly authorizerUri: string;
  /** A role that API Gateway assumes to call it; null: the function's own policy must allow the call. */
  readonly authorizerCredentialsArn: string | null;
  /** HTTP APIs only; null for WebSocket APIs, whose authorizers get format 1.0 and answer with policies. */
  readonly authorizerPayloadFormatVersion: '1.0' | '2.0' | null;
  /** 0 or null: not cached. Null where it was not given, and for WebSocket APIs. */
  readonly authorizerResultTtlInSeconds: number | null;
  /** With format 2.0 only; null for WebSocket APIs. */
  readonly enableSimpleResponses: boolean | null;
  readonly identityValidationExpression: string | null;
}
