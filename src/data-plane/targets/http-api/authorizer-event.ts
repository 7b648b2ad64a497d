import { contextVariable, type ApiExchange } from '../../exchange/index.ts';
import type { TraceIds } from '../forward/trace-id.ts';
import { functionFields } from './function-fields.ts';
import { common2, context1, context2, fields1, last, many, parameters2, pathOf, resourceOf } from './lambda-event.ts';
import type { MappedRequest } from './request-mapping.ts';
import { compileSelection, queryPairs } from './selection.ts';

/** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/path`: what policies allow. */
export function routeArn(call: ApiExchange): string {
  const { routePath, entry: { stage } } = call;
  const partition = stage.region.startsWith('cn-') ? 'aws-cn' : stage.region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:execute-api:${stage.region}:${stage.account}:${stage.apiId}/${stage.stage}/${call.method}${routePath}`;
}

/** Compiles an identity source: what a request has there; null for nothing. */
export function identitySource(text: string): (call: ApiExchange) => string | null {
  if (text.startsWith('$context.')) return contextVariable(text.slice('$context.'.length));
  const selection = compileSelection(text);
  return (call) => selection.value({ call, body: null, response: null });
}

/** What an authorizer is asked about. `identity`: what its sources gave. */
export interface AuthorizerQuestion {
  readonly version: '1.0' | '2.0';
  readonly identity: readonly string[];
  readonly traceIds: TraceIds;
}

/**
 * The event of an authorizer function. Beyond what is documented it has the fields that integrations see too, and format 1.0 has their context (seen of the service).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.payload-format
 */
export function authorizerEvent(call: ApiExchange, { version, identity, traceIds }: AuthorizerQuestion): Buffer {
  const request = { path: call.path, query: call.query, headers: functionFields(call, traceIds, null) };
  return Buffer.from(JSON.stringify(version === '2.0' ? event2(call, identity, request) : event1(call, identity, request)));
}

function event2(call: ApiExchange, identity: readonly string[], request: MappedRequest): object {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: routeArn(call),
    identitySource: identity.length === 0 ? null : identity,
    ...common2({ call, request }),
    requestContext: context2(call, call.path, null),
    ...parameters2(call),
  };
}

function event1(call: ApiExchange, identity: readonly string[], request: MappedRequest): object {
  const query = queryPairs(request.query);
  const joined = identity.length === 0 ? null : identity.join(',');
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: routeArn(call),
    identitySource: joined,
    authorizationToken: joined,
    resource: resourceOf(call),
    path: pathOf(request.path),
    httpMethod: call.method,
    ...fields1(request.headers),
    queryStringParameters: last(query),
    multiValueQueryStringParameters: many(query),
    pathParameters: call.pathParameters,
    stageVariables: call.entry.stage.variables,
    requestContext: context1(call, request.path, {}),
  };
}
