import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import { checked, type Expansion, listOf, some, textOf } from './expansion.ts';

/** `Auth` of an AWS::Serverless::HttpApi. */
export interface HttpAuth {
  readonly defaultAuthorizer: string | null;
  readonly iam: boolean;
  /** `components.securitySchemes`. */
  readonly schemes: PlainMap;
  /** Scopes that an authorizer asks for where the route says none. */
  readonly scopes: ReadonlyMap<string, Plain>;
}

const JWT = ['AuthorizationScopes', 'IdentitySource', 'JwtConfiguration'];
const LAMBDA = ['AuthorizerPayloadFormatVersion', 'EnableFunctionDefaultPermissions', 'EnableSimpleResponses', 'FunctionArn', 'FunctionInvokeRole', 'Identity'];

/** serverless-application-model, "HttpApiAuth", "OAuth2Authorizer", "LambdaAuthorizer". */
export function readAuth(apiId: string, value: Plain | undefined, into: Expansion): HttpAuth {
  const { problems } = into;
  const path = `Resources.${apiId}.Properties.Auth`;
  const auth = checked(value, { path, problems }, { served: ['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer'] });
  const schemes: Record<string, Plain> = {};
  const scopes = new Map<string, Plain>();
  const authorizers = auth['Authorizers'];
  if (authorizers !== undefined && !isPlainMap(authorizers)) problems.add(`${path}.Authorizers`, authorizers, 'allowed: a map of names to authorizers');
  for (const [name, declared] of Object.entries(isPlainMap(authorizers) ? authorizers : {})) {
    const at = { path: `${path}.Authorizers.${name}`, problems };
    const authorizer = checked(declared, at, { served: [...JWT, ...LAMBDA] });
    if (authorizer['JwtConfiguration'] !== undefined) {
      schemes[name] = jwtScheme(authorizer);
      if (authorizer['AuthorizationScopes'] !== undefined) scopes.set(name, authorizer['AuthorizationScopes']);
    } else if (authorizer['FunctionArn'] !== undefined) {
      schemes[name] = functionScheme(authorizer);
      if (authorizer['EnableFunctionDefaultPermissions'] === true || authorizer['EnableFunctionDefaultPermissions'] === 'true') into.resources.set(`${apiId}${name}AuthorizerPermission`, permission(apiId, authorizer['FunctionArn']));
    } else {
      problems.add(at.path, declared, 'allowed: an authorizer with JwtConfiguration, or with FunctionArn');
    }
  }
  const defaultAuthorizer = textOf(auth['DefaultAuthorizer']) ?? null;
  const iam = auth['EnableIamAuthorizer'] === true || auth['EnableIamAuthorizer'] === 'true';
  if (defaultAuthorizer !== null && !Object.hasOwn(schemes, defaultAuthorizer) && !(defaultAuthorizer === 'AWS_IAM' && iam)) problems.add(`${path}.DefaultAuthorizer`, defaultAuthorizer, `allowed: ${[...Object.keys(schemes), 'AWS_IAM with EnableIamAuthorizer'].join(', ')}`);
  return { defaultAuthorizer, iam, schemes, scopes };
}

function jwtScheme(authorizer: PlainMap): PlainMap {
  const configuration = isPlainMap(authorizer['JwtConfiguration']) ? authorizer['JwtConfiguration'] : {};
  return {
    type: 'oauth2',
    'x-amazon-apigateway-authorizer': some({
      type: 'jwt',
      identitySource: authorizer['IdentitySource'] ?? '$request.header.Authorization',
      jwtConfiguration: some({ issuer: configuration['issuer'] ?? configuration['Issuer'], audience: configuration['audience'] ?? configuration['Audience'] }),
    }),
  };
}

function functionScheme(authorizer: PlainMap): PlainMap {
  const identity = isPlainMap(authorizer['Identity']) ? authorizer['Identity'] : {};
  const sources = (['Headers', 'QueryStrings', 'StageVariables', 'Context'] as const).flatMap((kind) => listOf(identity[kind]).flatMap((name) => (typeof name === 'string' ? [`${PREFIX[kind]}${name}`] : [])));
  return {
    type: 'apiKey', name: 'Unused', in: 'header',
    'x-amazon-apigateway-authorizer': some({
      type: 'request',
      identitySource: sources.length === 0 ? undefined : sources.join(', '),
      authorizerUri: invocationOf(authorizer['FunctionArn']!),
      authorizerCredentials: authorizer['FunctionInvokeRole'] === 'NONE' ? undefined : authorizer['FunctionInvokeRole'],
      authorizerPayloadFormatVersion: textOf(authorizer['AuthorizerPayloadFormatVersion']) ?? '2.0',
      authorizerResultTtlInSeconds: identity['ReauthorizeEvery'],
      enableSimpleResponses: authorizer['EnableSimpleResponses'],
    }),
  };
}

const PREFIX = { Headers: '$request.header.', QueryStrings: '$request.querystring.', StageVariables: '$stageVariables.', Context: '$context.' } as const;

/** The ARN by which API Gateway invokes a function. */
export function invocationOf(functionArn: Plain): PlainMap {
  return { 'Fn::Sub': ['arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations', { FunctionArn: functionArn }] };
}

function permission(apiId: string, functionArn: Plain): PlainMap {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction', FunctionName: functionArn, Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Sub': ['arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${ApiId}/authorizers/*', { ApiId: { Ref: apiId } }] },
    },
  };
}
