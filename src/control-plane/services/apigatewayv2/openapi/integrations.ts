import type { IntegrationInput } from '../integration-settings.ts';
import { badRequest } from '../error.ts';
import { formatVersion } from './authorizers.ts';
import type { Findings } from './findings.ts';
import { isMap, mapOf, numberOf, type Plain, textMapOf, textOf } from './plain.ts';

const IGNORED = ['cacheKeyParameters', 'cacheNamespace', 'contentHandling', 'passthroughBehavior', 'requestTemplates', 'responses'];

/** `x-amazon-apigateway-integration`; undefined where it is of a type that HTTP APIs do not have, which is warned of. */
export function readIntegration(value: Plain | undefined, more: { readonly where: string; readonly findings: Findings }): IntegrationInput | undefined {
  const { where, findings } = more;
  if (!isMap(value)) throw badRequest(`Unable to parse API definition because of a malformed integration ${where}`);
  const type = (textOf(value['type']) ?? '').toUpperCase();
  if (type === '') throw badRequest(`Unable to parse API definition because of a malformed integration ${where}: it has no type`);
  if (type !== 'AWS_PROXY' && type !== 'HTTP_PROXY') {
    findings.warn(`Unsupported integration type '${type}' ${where}. HTTP APIs support AWS_PROXY and HTTP_PROXY. Ignoring.`);
    return undefined;
  }
  for (const member of IGNORED) if (value[member] !== undefined) findings.info(`The property ${member} of the integration ${where} is not supported for HTTP APIs, ignoring`);
  const tls = mapOf(value['tlsConfig']);
  const connectionType = textOf(value['connectionType'])?.toUpperCase();
  return {
    IntegrationType: type,
    IntegrationSubtype: textOf(value['integrationSubtype']),
    IntegrationUri: textOf(value['uri']),
    IntegrationMethod: textOf(value['httpMethod'])?.toUpperCase().replace('X-AMAZON-APIGATEWAY-ANY-METHOD', 'ANY'),
    ConnectionType: connectionType === 'VPC_LINK' || connectionType === 'INTERNET' ? connectionType : undefined,
    ConnectionId: textOf(value['connectionId']),
    CredentialsArn: textOf(value['credentials']),
    Description: textOf(value['description']),
    // Documents of REST APIs, which can be imported as they are, say none.
    PayloadFormatVersion: formatVersion(textOf(value['payloadFormatVersion'])) ?? '1.0',
    RequestParameters: textMapOf(value['requestParameters']),
    ResponseParameters: isMap(value['responseParameters']) ? Object.fromEntries(Object.entries(value['responseParameters']).map(([status, mapping]) => [status, textMapOf(mapping) ?? {}])) : undefined,
    TimeoutInMillis: numberOf(value['timeoutInMillis']),
    TlsConfig: tls['serverNameToVerify'] === undefined ? undefined : { ServerNameToVerify: textOf(tls['serverNameToVerify']) },
  };
}
