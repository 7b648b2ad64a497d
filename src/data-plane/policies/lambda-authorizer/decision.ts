import { decide, parsePolicy, type PolicyDocument } from '../../../access/index.ts';
import type { AuthorizerIdentity } from '../../exchange/index.ts';

/** What an authorizer has answered; good for every request with the same identity sources. */
export type AuthorizerAnswer =
  | { readonly kind: 'simple'; readonly allowed: boolean; readonly identity: AuthorizerIdentity }
  | { readonly kind: 'policy'; readonly policy: PolicyDocument; readonly identity: AuthorizerIdentity }
  | { readonly kind: 'malformed'; readonly why: string };

const NO_CONTEXT: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Reads the answer of an authorizer function.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.payload-format-response
 */
export function authorizerAnswer(payload: Buffer, form: { readonly simple: boolean; readonly version: '1.0' | '2.0' }): AuthorizerAnswer {
  let read: unknown;
  try {
    read = JSON.parse(payload.toString('utf8'));
  } catch {
    return malformed('The response is not valid JSON');
  }
  if (!isObject(read)) return malformed('The response is not a JSON object');
  const context = contextOf(read.context, form.version);
  if (context === null) return malformed('The context of the response is not an object of values that may stand in it');
  if (form.simple) {
    if (typeof read.isAuthorized !== 'boolean') return malformed('The response has no boolean isAuthorized');
    return { kind: 'simple', allowed: read.isAuthorized, identity: Object.freeze({ kind: 'lambda', principalId: null, context, usageIdentifierKey: null }) };
  }
  if (typeof read.principalId !== 'string' || read.principalId === '') return malformed('The response has no principalId');
  const policy = parsePolicy(read.policyDocument);
  if (policy === null) return malformed('The response has no valid policyDocument');
  return { kind: 'policy', policy, identity: Object.freeze({ kind: 'lambda', principalId: read.principalId, context, usageIdentifierKey: typeof read.usageIdentifierKey === 'string' ? read.usageIdentifierKey : null }) };
}

/** Whether the answer lets a request in. */
export function isLetIn(answer: Exclude<AuthorizerAnswer, { readonly kind: 'malformed' }>, request: { readonly routeArn: string; readonly sourceIp: string }): boolean {
  if (answer.kind === 'simple') return answer.allowed;
  const keys = (key: string): string | undefined => (key === 'aws:sourceip' ? request.sourceIp : undefined);
  return decide([answer.policy], { action: 'execute-api:Invoke', resource: request.routeArn, principal: null, keys }) === 'allow';
}

function malformed(why: string): AuthorizerAnswer {
  return { kind: 'malformed', why };
}

/** Format 1.0 takes strings, numbers and booleans only. */
function contextOf(given: unknown, version: '1.0' | '2.0'): Readonly<Record<string, unknown>> | null {
  if (given === undefined || given === null) return NO_CONTEXT;
  if (!isObject(given)) return null;
  if (version === '1.0' && Object.values(given).some((value) => typeof value === 'object' && value !== null)) return null;
  return Object.freeze(given);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
