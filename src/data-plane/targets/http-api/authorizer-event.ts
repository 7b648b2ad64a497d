import { apiClientCertificate, contextVariable, type ApiExchange } from '../../exchange/index.ts';
import { common2, context2, fieldsOf, parameters2, resourceOf } from './lambda-event.ts';
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

/** The event of an authorizer function. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.payload-format */
export function authorizerEvent(version: '1.0' | '2.0', call: ApiExchange, identity: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(version === '2.0' ? event2(call, identity) : event1(call, identity)));
}

function event2(call: ApiExchange, identity: readonly string[]): object {
  const request = { path: call.path, query: call.query, headers: call.headers };
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

function event1(call: ApiExchange, identity: readonly string[]): object {
  const { stage } = call.entry;
  const query = queryPairs(call.query);
  const clientCert = apiClientCertificate(call);
  const joined = identity.length === 0 ? null : identity.join(',');
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: routeArn(call),
    identitySource: joined,
    authorizationToken: joined,
    resource: resourceOf(call),
    path: call.path,
    httpMethod: call.method,
    headers: Object.fromEntries(fieldsOf(call.headers)),
    queryStringParameters: Object.fromEntries(query),
    pathParameters: call.pathParameters,
    stageVariables: stage.variables,
    requestContext: {
      path: call.path,
      accountId: stage.account,
      resourceId: call.apiRoute!.key,
      stage: stage.stage,
      requestId: call.requestId,
      identity: { sourceIp: call.downstream.remoteAddress, userAgent: call.userAgent ?? '', ...(clientCert !== null && { clientCert }) },
      resourcePath: resourceOf(call),
      httpMethod: call.method,
      apiId: stage.apiId,
    },
  };
}
