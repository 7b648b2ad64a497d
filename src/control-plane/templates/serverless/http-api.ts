import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import { type HttpAuth, invocationOf, readAuth } from './authorizer.ts';
import type { HttpEvent } from './event.ts';
import { around, checked, type Declared, type Expansion, isIntrinsic, listOf, some, textOf } from './expansion.ts';

const SERVED = [
  'AccessLogSettings', 'Auth', 'CorsConfiguration', 'DefaultRouteSettings', 'DefinitionBody', 'DefinitionUri', 'Description', 'DisableExecuteApiEndpoint', 'Domain', 'FailOnWarnings', 'Name', 'PropagateTags', 'RouteSettings',
  'StageName', 'StageVariables', 'Tags',
];
/** What SAM writes into the document, which it must have before it for that. */
const INTO_DOCUMENT = ['Auth', 'CorsConfiguration', 'DefinitionBody'];

/** AWS::Serverless::HttpApi: an API out of an OpenAPI document with the routes of its events, a stage, and perhaps a custom domain. */
export function expandHttpApi(logicalId: string, declared: Declared, more: Expansion & { readonly properties: PlainMap; readonly events: readonly HttpEvent[] }): void {
  const { problems, resources, events } = more;
  const path = `Resources.${logicalId}.Properties`;
  const properties = checked(more.properties, { path, problems }, { served: SERVED });
  const uri = properties['DefinitionUri'];
  if (uri !== undefined) {
    if (typeof uri !== 'string' || uri.startsWith('s3://')) problems.add(`${path}.DefinitionUri`, uri, 'allowed: a file beside the template; of an object in S3 write the document into DefinitionBody');
    for (const name of INTO_DOCUMENT) if (more.properties[name] !== undefined) problems.add(`${path}.${name}`, more.properties[name], 'allowed without DefinitionUri only, whose document says it');
  }
  const auth = readAuth(logicalId, properties['Auth'], more);
  const tags = isPlainMap(properties['Tags']) ? properties['Tags'] : {};
  resources.set(logicalId, {
    ...around(declared),
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: some({
      Body: uri === undefined ? bodyOf(properties, { auth, events, problems }) : undefined,
      BodyS3Location: uri,
      Description: properties['Description'],
      DisableExecuteApiEndpoint: properties['DisableExecuteApiEndpoint'],
      FailOnWarnings: properties['FailOnWarnings'],
      Name: properties['Name'],
      Tags: { ...tags, 'httpapi:createdBy': 'SAM' },
    }),
  });
  const stageName = properties['StageName'] ?? '$default';
  const stageId = stageName === '$default' ? `${logicalId}ApiGatewayDefaultStage` : `${logicalId}${typeof stageName === 'string' ? stageName.replaceAll(/[^A-Za-z0-9]/g, '') : ''}Stage`;
  const settings = Object.fromEntries(events.flatMap(({ route, routeSettings }) => (routeSettings === null ? [] : [[keyOf(route), routeSettings]])));
  const declaredSettings = isPlainMap(properties['RouteSettings']) ? properties['RouteSettings'] : {};
  resources.set(stageId, {
    ...around(declared, ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy']),
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: some({
      ApiId: { Ref: logicalId }, StageName: stageName, AutoDeploy: true, AccessLogSettings: properties['AccessLogSettings'], DefaultRouteSettings: properties['DefaultRouteSettings'],
      RouteSettings: Object.keys({ ...settings, ...declaredSettings }).length === 0 ? undefined : { ...settings, ...declaredSettings },
      StageVariables: properties['StageVariables'], Tags: { ...tags, 'httpapi:createdBy': 'SAM' },
    }),
  });
  for (const event of events) resources.set(`${event.functionId}${event.name}Permission`, permission(logicalId, event));
  if (properties['Domain'] !== undefined) expandDomain(properties['Domain'], { ...more, logicalId, stageId, tags });
}

type Route = HttpEvent['route'];

function keyOf(route: Route): string {
  return route === null ? '$default' : `${route.method} ${route.path}`;
}

function bodyOf(properties: PlainMap, more: { readonly auth: HttpAuth; readonly events: readonly HttpEvent[]; readonly problems: Expansion['problems'] }): PlainMap {
  const { auth, events, problems } = more;
  const given = isPlainMap(properties['DefinitionBody']) ? properties['DefinitionBody'] : {};
  const paths: Record<string, Plain> = { ...(isPlainMap(given['paths']) ? given['paths'] : {}) };
  for (const event of events) {
    const path = event.route?.path ?? '$default';
    const method = event.route === null || event.route.method === 'ANY' ? 'x-amazon-apigateway-any-method' : event.route.method.toLowerCase();
    const item = isPlainMap(paths[path]) ? (paths[path] as PlainMap) : {};
    const before = isPlainMap(item[method]) ? (item[method] as PlainMap) : {};
    paths[path] = { ...item, [method]: { ...operationOf(event, auth, problems), ...before } };
  }
  const components = isPlainMap(given['components']) ? given['components'] : {};
  const schemes = { ...(isPlainMap(components['securitySchemes']) ? components['securitySchemes'] : {}), ...auth.schemes };
  const cors = corsOf(properties['CorsConfiguration']);
  return some({
    openapi: '3.0.1',
    info: { title: properties['Name'] ?? { Ref: 'AWS::StackName' }, version: '1.0' },
    ...given,
    paths,
    components: Object.keys(components).length + Object.keys(schemes).length === 0 ? undefined : { ...components, securitySchemes: schemes },
    'x-amazon-apigateway-cors': cors ?? given['x-amazon-apigateway-cors'],
  });
}

function operationOf(event: HttpEvent, auth: HttpAuth, problems: Expansion['problems']): PlainMap {
  const asked = textOf(event.auth['Authorizer']) ?? auth.defaultAuthorizer ?? 'NONE';
  const isKnown = asked === 'NONE' || (asked === 'AWS_IAM' && auth.iam) || Object.hasOwn(auth.schemes, asked);
  if (!isKnown) problems.add(`Resources.${event.functionId}.Properties.Events.${event.name}.Properties.Auth.Authorizer`, asked, `allowed: ${['NONE', ...(auth.iam ? ['AWS_IAM'] : []), ...Object.keys(auth.schemes)].join(', ')}`);
  const scopes = event.auth['AuthorizationScopes'] ?? auth.scopes.get(asked) ?? [];
  return some({
    isDefaultRoute: event.route === null ? true : undefined,
    security: asked === 'NONE' ? [] : asked === 'AWS_IAM' ? undefined : [{ [asked]: scopes }],
    'x-amazon-apigateway-auth': asked === 'AWS_IAM' ? { type: 'AWS_IAM' } : undefined,
    responses: {},
    'x-amazon-apigateway-integration': some({
      type: 'aws_proxy', httpMethod: 'POST', uri: invocationOf(event.target['Ref'] === event.functionId ? { 'Fn::GetAtt': [event.functionId, 'Arn'] } : event.target), payloadFormatVersion: event.payloadFormatVersion, timeoutInMillis: event.timeoutInMillis,
    }),
  });
}

/** `true`: every origin; or a map whose members begin with a capital. */
function corsOf(value: Plain | undefined): PlainMap | undefined {
  if (value === true || value === 'true') return { allowOrigins: ['*'] };
  if (!isPlainMap(value) || isIntrinsic(value)) return undefined;
  const members: PlainMap = value;
  return Object.fromEntries(Object.entries(members).map(([name, inner]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, inner]));
}

/** What the event's API may invoke its function for: any stage, the route's method, its path with variables as wildcards. */
function permission(apiId: string, { target, condition, route }: HttpEvent): PlainMap {
  const place = route === null ? '*' : `${route.method === 'ANY' ? '*' : route.method}${route.path.replaceAll(/\{[^{}]*\}/g, '*')}`;
  return {
    ...some({ Condition: condition }),
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction', FunctionName: target, Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Sub': [`arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${ApiId}/*/${place}`, { ApiId: { Ref: apiId } }] },
    },
  };
}

function expandDomain(value: Plain, more: Expansion & { readonly logicalId: string; readonly stageId: string; readonly tags: PlainMap }): void {
  const { logicalId, stageId, tags, problems, resources } = more;
  const domain = checked(value, { path: `Resources.${logicalId}.Properties.Domain`, problems }, {
    served: ['BasePath', 'CertificateArn', 'DomainName', 'EndpointConfiguration', 'MutualTlsAuthentication', 'OwnershipVerificationCertificateArn', 'SecurityPolicy'],
    refused: { Route53: 'records are not made in Route 53 here: point the name at the installation' },
  });
  const id = `${logicalId}DomainName`;
  resources.set(id, {
    Type: 'AWS::ApiGatewayV2::DomainName',
    Properties: some({
      DomainName: domain['DomainName'],
      DomainNameConfigurations: [some({
        CertificateArn: domain['CertificateArn'], EndpointType: domain['EndpointConfiguration'] ?? 'REGIONAL', SecurityPolicy: domain['SecurityPolicy'], OwnershipVerificationCertificateArn: domain['OwnershipVerificationCertificateArn'],
      })],
      MutualTlsAuthentication: domain['MutualTlsAuthentication'],
      Tags: { ...tags, 'httpapi:createdBy': 'SAM' },
    }),
  });
  const paths = domain['BasePath'] === undefined ? [''] : listOf(domain['BasePath']).map((path) => (textOf(path) ?? '').replaceAll(/^\/+|\/+$/g, ''));
  for (const path of paths) {
    resources.set(`${logicalId}${path.replaceAll(/[^A-Za-z0-9]/g, '')}ApiMapping`, {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: some({ DomainName: { Ref: id }, ApiId: { Ref: logicalId }, Stage: { Ref: stageId }, ApiMappingKey: path === '' ? undefined : path }),
    });
  }
}
