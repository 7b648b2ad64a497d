import { executeApiArn, parseMappingKey, vpcLinkRowId, type Integration as IntegrationResource, type Stage } from '../../resources/apigatewayv2/index.ts';
import { discovered } from '../../resources/servicediscovery/index.ts';
import type { Integration, ParameterMapping, ResponseMapping } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { compileFunctionLink } from './function-link.ts';
import { withKnownStageVariables, withStageVariables } from './stage-variables.ts';

/** An integration as one route of one stage uses it: whether a function may be called depends on the route. */
export function compileIntegration(resource: IntegrationResource, { stage, routeKey }: { readonly stage: Stage; readonly routeKey: string }, maker: Maker): Integration {
  const settings = {
    id: resource.integrationId,
    timeoutMs: resource.timeoutInMillis,
    request: resource.integrationSubtype === null ? mappingsOf(resource.requestParameters ?? {}) : [],
    responses: responsesOf(resource.responseParameters ?? {}),
  };
  const unservable = (status: number, why: string, field: string): Integration => {
    maker.tell({ severity: 'error', resource: `${stage.id} integration ${resource.integrationId}`, field, message: `Requests to ${routeKey} are answered with ${status}: ${why}.` });
    return { kind: 'unservable', ...settings, status, why };
  };
  if (resource.integrationSubtype !== null) return compileService(resource, settings, maker);
  let absent = '';
  const uri = uriOf(resource, stage, (variable) => (absent = variable));
  if (uri !== null && absent !== '') maker.tell({ severity: 'warning', resource: `${stage.id} integration ${resource.integrationId}`, field: 'IntegrationUri', message: `Nothing stands in place of stage variable ${absent}, which is not set.` });
  if (uri === null) return unservable(500, `stage variable ${absent} is not set`, 'IntegrationUri');
  if (resource.integrationType === 'AWS_PROXY') {
    const link = compileFunctionLink(uri, { sourceArns: sourceArns(resource, stage, routeKey), account: resource.account, role: resource.credentialsArn }, maker);
    if (link.refused !== null) unservable(500, `${link.refused}; create the function, or add the permission with lambda AddPermission`, 'IntegrationUri');
    return { kind: 'lambda', ...settings, function: link, payload: resource.payloadFormatVersion };
  }
  const method = resource.integrationMethod ?? 'ANY';
  const serverName = resource.tlsConfig?.serverNameToVerify ?? null;
  if (resource.connectionType === 'INTERNET') return { kind: 'http', ...settings, method, url: uri, serverName };
  const linkId = withStageVariables(resource.connectionId ?? '', stage.stageVariables, () => {});
  const link = linkId === null ? undefined : maker.get('apigatewayv2/vpc-link', vpcLinkRowId(resource.region, linkId));
  if (!link) return unservable(500, `VPC link ${resource.connectionId ?? ''} does not exist`, 'ConnectionId');
  if (uri.includes(':servicediscovery:')) {
    const addresses = addressesOf(uri, maker);
    if (typeof addresses === 'string') return unservable(503, addresses, 'IntegrationUri');
    return { kind: 'instances', ...settings, method, service: uri, addresses, serverName };
  }
  const listener = maker.get('elbv2/listener', uri);
  if (!listener) return unservable(503, `listener ${uri} does not exist`, 'IntegrationUri');
  if (listener.protocol !== 'HTTP' && listener.protocol !== 'HTTPS') return unservable(503, `listener ${uri} speaks ${listener.protocol}, which is not served to APIs`, 'IntegrationUri');
  if (serverName !== null && listener.protocol === 'HTTPS' && !hasName([listener.defaultCertificate, ...listener.additionalCertificates], serverName, maker)) {
    return unservable(503, `no certificate of listener ${uri} is for ${serverName}`, 'TlsConfig.ServerNameToVerify');
  }
  return { kind: 'listener', ...settings, method, listener: uri, serverName };
}

/** Null where a stage variable is missing; of a URL's path and query such a one leaves nothing (observed). */
function uriOf({ integrationUri, integrationType, connectionType }: IntegrationResource, { stageVariables }: Stage, missing: (name: string) => void): string | null {
  const text = integrationUri ?? '';
  const whole = withStageVariables(text, stageVariables, missing);
  if (whole !== null || integrationType !== 'HTTP_PROXY' || connectionType !== 'INTERNET') return whole;
  const [origin = ''] = /^[a-z]+:\/\/[^/?#]*/i.exec(text) ?? [];
  return withStageVariables(origin, stageVariables, missing) === null ? null : withKnownStageVariables(text, stageVariables, missing);
}

/**
 * Where the instances of a service of Cloud Map are, those with the attributes that the URI asks for; or why they are nowhere.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
 */
function addressesOf(uri: string, maker: Maker): readonly { readonly host: string; readonly port: number }[] | string {
  const [, id = '', query = ''] = /:service\/(srv-[a-z0-9]+)(?:\?(.*))?$/.exec(uri) ?? [];
  if (!maker.get('servicediscovery/service', id)) return `service ${id} of Cloud Map does not exist`;
  const wanted = Object.fromEntries(new URLSearchParams(query));
  const addresses = discovered(maker.children('servicediscovery/instance', id), wanted).flatMap(({ attributes }) => {
    const host = attributes['AWS_INSTANCE_IPV4'] ?? attributes['AWS_INSTANCE_CNAME'];
    return host === undefined ? [] : [{ host: host.toLowerCase(), port: Number(attributes['AWS_INSTANCE_PORT'] ?? '80') }];
  });
  return addresses.length === 0 ? `service ${id} of Cloud Map has no instance with an address${query === '' ? '' : ` and ${query}`}` : addresses;
}

function compileService(resource: IntegrationResource, settings: { readonly id: string; readonly timeoutMs: number; readonly request: readonly ParameterMapping[]; readonly responses: readonly ResponseMapping[] }, maker: Maker): Integration {
  const parameters = resource.requestParameters ?? {};
  const role = resource.credentialsArn;
  if (role !== null && !maker.get('iam/role', role)) {
    const why = `role ${role} does not exist`;
    maker.tell({ severity: 'error', resource: `${resource.parent} integration ${resource.integrationId}`, field: 'CredentialsArn', message: `Requests are answered with 500: ${why}.` });
    return { kind: 'unservable', ...settings, status: 500, why };
  }
  const { Region: region, ...rest } = parameters;
  return { kind: 'aws-service', ...settings, subtype: resource.integrationSubtype!, region: region ?? resource.region, parameters: rest, credentials: role === null ? null : { roleArn: role } };
}

/** Which names a function's policy may give the route: of ANY, any of the methods. */
function sourceArns(place: { readonly account: string; readonly region: string; readonly parent: string | null }, stage: Stage, routeKey: string): readonly string[] {
  const arn = (rest: string): string => executeApiArn(place, place.parent ?? '', `${stage.stageName}/${rest}`);
  const space = routeKey.indexOf(' ');
  if (space < 0) return [arn(routeKey)];
  const method = routeKey.slice(0, space);
  const path = routeKey.slice(space + 1);
  return [method, ...(method === 'ANY' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] : [])].map((one) => arn(`${one}${path}`));
}

function hasName(certificates: readonly (string | null)[], name: string, maker: Maker): boolean {
  const wanted = name.toLowerCase();
  return certificates.some((arn) => {
    const names = arn === null ? undefined : maker.get('acm/certificate', arn)?.subjectAlternativeNames;
    return names?.some((own) => own.toLowerCase() === wanted || (own.startsWith('*.') && wanted.slice(wanted.indexOf('.')) === own.slice(1).toLowerCase())) ?? false;
  });
}

function mappingsOf(parameters: Readonly<Record<string, string>>): readonly ParameterMapping[] {
  return Object.entries(parameters).flatMap(([text, value]): readonly ParameterMapping[] => {
    const key = parseMappingKey(text);
    return key === null ? [] : [{ action: key.action, part: key.part === 'statuscode' ? 'status' : key.part, name: key.name, value: key.action === 'remove' ? '' : value }];
  });
}

function responsesOf(responses: Readonly<Record<string, Readonly<Record<string, string>>>>): readonly ResponseMapping[] {
  return Object.entries(responses).map(([status, parameters]) => ({ status: Number(status), mappings: mappingsOf(parameters) }));
}
