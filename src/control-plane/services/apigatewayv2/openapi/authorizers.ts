import type { AuthorizerInput } from '../authorizer-settings.ts';
import { badRequest } from '../error.ts';
import type { Findings } from './findings.ts';
import { flagOf, isMap, mapOf, numberOf, type PlainMap, textOf, textsOf } from './plain.ts';

/** What a security scheme means to a route that requires it. */
export type Scheme =
  | { readonly kind: 'authorizer'; readonly type: 'JWT' | 'REQUEST'; readonly input: AuthorizerInput }
  | { readonly kind: 'iam' }
  /** A key in x-api-key, as REST APIs have it; only where the installation goes beyond AWS. */
  | { readonly kind: 'api-key' }
  /** OpenAPI has it, HTTP APIs do not. */
  | { readonly kind: 'unsupported' };

const DISCOVERY = '/.well-known/openid-configuration';

/** `components.securitySchemes`: apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html */
export function readAuthorizers(schemes: PlainMap, more: { readonly findings: Findings; readonly apiKeys: boolean }): ReadonlyMap<string, Scheme> {
  return new Map(Object.entries(schemes).map(([name, scheme]): [string, Scheme] => [name, readScheme(name, mapOf(scheme), more)]));
}

function readScheme(name: string, scheme: PlainMap, { findings, apiKeys }: { readonly findings: Findings; readonly apiKeys: boolean }): Scheme {
  const authorizer = scheme['x-amazon-apigateway-authorizer'];
  if (isMap(authorizer)) return readAuthorizer(name, { scheme, authorizer, findings });
  if (textOf(scheme['x-amazon-apigateway-authtype'])?.toLowerCase() === 'awssigv4') return { kind: 'iam' };
  if (apiKeys && scheme['type'] === 'apiKey' && scheme['in'] === 'header' && textOf(scheme['name'])?.toLowerCase() === 'x-api-key') return { kind: 'api-key' };
  return { kind: 'unsupported' };
}

function readAuthorizer(name: string, more: { readonly scheme: PlainMap; readonly authorizer: PlainMap; readonly findings: Findings }): Scheme {
  const { scheme, authorizer, findings } = more;
  const type = textOf(authorizer['type'])?.toLowerCase();
  const identitySource = (textOf(authorizer['identitySource']) ?? textsOf(authorizer['identitySource'])?.join(',') ?? '').split(',').map((source) => source.trim()).filter((source) => source !== '');
  switch (type) {
    case 'jwt': {
      const configuration = mapOf(authorizer['jwtConfiguration']);
      const discovered = textOf(scheme['openIdConnectUrl']);
      const issuer = textOf(configuration['issuer']) ?? (discovered?.endsWith(DISCOVERY) ? discovered.slice(0, -DISCOVERY.length) : undefined);
      return {
        kind: 'authorizer', type: 'JWT',
        input: { Name: name, AuthorizerType: 'JWT', IdentitySource: identitySource, JwtConfiguration: { Audience: textsOf(configuration['audience']) ?? [], Issuer: issuer } },
      };
    }
    case 'request':
      return {
        kind: 'authorizer', type: 'REQUEST',
        input: {
          Name: name, AuthorizerType: 'REQUEST', IdentitySource: identitySource, AuthorizerUri: textOf(authorizer['authorizerUri']), AuthorizerCredentialsArn: textOf(authorizer['authorizerCredentials']),
          AuthorizerPayloadFormatVersion: formatVersion(textOf(authorizer['authorizerPayloadFormatVersion'])), AuthorizerResultTtlInSeconds: numberOf(authorizer['authorizerResultTtlInSeconds']),
          EnableSimpleResponses: flagOf(authorizer['enableSimpleResponses']),
        },
      };
    case 'token':
    case 'cognito_user_pools':
      findings.warn(`Unsupported authorizer type '${type}' of security scheme '${name}'. Ignoring.`);
      return { kind: 'unsupported' };
    default:
      throw badRequest(`Unable to parse API definition because of a malformed authorizer of security scheme ${name}: its type must be jwt or request`);
  }
}

/** YAML's `1.0` is the number 1. */
export function formatVersion(text: string | undefined): string | undefined {
  return text === '1' || text === '2' ? `${text}.0` : text;
}
