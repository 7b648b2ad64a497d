/**
 * Resources of load balancers from a terse description, with AWS's defaults filled in: what compiler goldens are written in.
 * Everything is created in the order in which it is written; ids are the names with zeros, so goldens can be read.
 */
import type { Kind, ResourceByKind } from '../../src/control-plane/resources/index.ts';
import {
  listenerArn, loadBalancerArn, loadBalancerDnsName, ruleArn, targetGroupArn, targetRowId, DEFAULT_SSL_POLICY,
  type Action, type Condition, type Listener, type LoadBalancer, type Rule, type Target, type TargetGroup, type TargetType,
} from '../../src/control-plane/resources/elbv2/index.ts';
import { connectAddress, type Instance, type Subnet } from '../../src/control-plane/resources/ec2/index.ts';
import { functionArn, type FunctionAlias, type FunctionConfiguration, type FunctionPolicy, type FunctionVersion, type LambdaFunction } from '../../src/control-plane/resources/lambda/index.ts';
import { certificateArn, type Certificate } from '../../src/control-plane/resources/acm/index.ts';
import { iamArn, type ServerCertificate } from '../../src/control-plane/resources/iam/index.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
const PLACE = { account: ACCOUNT, region: REGION };
const VPC = 'vpc-0';

type Text = Readonly<Record<string, string>>;

export interface WorldDescription {
  readonly subnets?: Readonly<Record<string, { readonly cidr: string; readonly zone: string }>>;
  readonly instances?: Readonly<Record<string, { readonly address?: string; readonly zone?: string; readonly state?: Instance['state']; readonly ip?: string }>>;
  readonly certificates?: Readonly<Record<string, readonly string[]>>;
  /** IAM's, by name. */
  readonly serverCertificates?: Readonly<Record<string, readonly string[]>>;
  readonly functions?: Readonly<Record<string, FunctionDescription | null>>;
  readonly groups?: Readonly<Record<string, GroupDescription | null>>;
  readonly balancers?: Readonly<Record<string, BalancerDescription>>;
}

export interface BalancerDescription {
  readonly scheme?: LoadBalancer['scheme'];
  readonly ipAddressType?: LoadBalancer['ipAddressType'];
  readonly address?: string | null;
  readonly zones?: readonly string[];
  readonly attributes?: Text;
  /** By `http PORT` or `https PORT`. */
  readonly listeners?: Readonly<Record<string, ListenerDescription>>;
}

export interface ListenerDescription {
  readonly policy?: string;
  /** Names or ARNs, the default one first. */
  readonly certificates?: readonly string[];
  readonly attributes?: Text;
  readonly default?: ActionDescription;
  /** By priority. */
  readonly rules?: Readonly<Record<string, RuleDescription>>;
  /** ARN of a balancer that is not there. */
  readonly orphanOf?: string;
}

export interface RuleDescription {
  readonly when?: ConditionDescription;
  readonly do?: ActionDescription;
  readonly transforms?: Rule['transforms'];
}

export interface ConditionDescription {
  readonly host?: readonly string[];
  readonly path?: readonly string[];
  readonly method?: readonly string[];
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  /** `key=value` or `value`. */
  readonly query?: readonly string[];
  readonly hostRegex?: readonly string[];
  readonly pathRegex?: readonly string[];
  readonly headerRegexes?: Readonly<Record<string, readonly string[]>>;
  readonly source?: readonly string[];
}

export type ActionDescription =
  | { readonly forward: string | Readonly<Record<string, number>>; readonly sticky?: number }
  | { readonly redirect: { readonly status?: 301 | 302; readonly protocol?: string; readonly host?: string; readonly port?: string; readonly path?: string; readonly query?: string } }
  | { readonly fixed: number; readonly type?: string; readonly body?: string }
  /** The configuration of an authenticating action, as AWS writes it. */
  | { readonly config: Action }
  | { readonly actions: readonly (ActionDescription & { readonly order?: number })[] };

export interface FunctionDescription {
  readonly environment?: Text;
  readonly timeout?: number;
  readonly concurrency?: number;
  /** Numbers of published versions. */
  readonly versions?: readonly number[];
  /** Version by alias. */
  readonly aliases?: Text;
  /** Share and version that an alias sends elsewhere. */
  readonly routing?: Readonly<Record<string, { readonly version: string; readonly weight: number }>>;
  /** Who may invoke: by qualifier (`''` for the function itself), the name of a target group, `any`, or `api API/STAGE/METHOD/path`. */
  readonly allow?: Text;
}

export interface GroupDescription {
  readonly type?: TargetType;
  readonly protocol?: 'HTTP' | 'HTTPS';
  readonly version?: 'HTTP1' | 'HTTP2' | 'GRPC';
  readonly port?: number;
  readonly health?: Partial<TargetGroup['healthCheck']>;
  readonly attributes?: Text;
  /** By target id, `id:port`, or the name of a function with its qualifier. */
  readonly targets?: Readonly<Record<string, { readonly port?: number; readonly zone?: string; readonly drainingUntil?: number } | null>>;
}

export type Row = { readonly [K in Kind]: { readonly kind: K; readonly resource: ResourceByKind[K] } }[Kind];

export const arns = {
  balancer: (name: string): string => loadBalancerArn(PLACE, { type: 'application', name, hex: '0' }),
  listener: (balancer: string, port: number | string): string => listenerArn(arns.balancer(balancer), String(port)),
  rule: (balancer: string, port: number | string, priority: number | string): string => ruleArn(arns.listener(balancer, port), String(priority)),
  group: (name: string): string => (name.startsWith('arn:') ? name : targetGroupArn(PLACE, name, '0')),
  function: (name: string): string => (name.startsWith('arn:') ? name : functionArn(PLACE, name)),
  certificate: (name: string): string => (name.startsWith('arn:') ? name : certificateArn({ ...PLACE, partition: 'aws' }, name)),
};

export function describedWorld(description: WorldDescription): readonly Row[] {
  return [
    ...entries(description.subnets).map(([id, { cidr, zone }]): Row => ({ kind: 'ec2/subnet', resource: subnet(id, cidr, zone) })),
    ...entries(description.instances).map(([id, about]): Row => ({ kind: 'ec2/instance', resource: instance(id, about ?? {}) })),
    ...entries(description.certificates).map(([name, names]): Row => ({ kind: 'acm/certificate', resource: certificate(name, names) })),
    ...entries(description.serverCertificates).map(([name, names]): Row => ({ kind: 'iam/server-certificate', resource: serverCertificate(name, names) })),
    ...entries(description.functions).flatMap(([name, about]) => functionRows(name, about ?? {})),
    ...entries(description.groups).flatMap(([name, about]) => groupRows(name, about ?? {})),
    ...entries(description.balancers).flatMap(([name, about], i) => balancerRows(name, about, i + 1)),
  ];
}

function entries<T>(record: Readonly<Record<string, T>> | null | undefined): readonly [string, T][] {
  return Object.entries(record ?? {});
}

function common(id: string, parent: string | null): { readonly id: string; readonly parent: string | null; readonly account: string; readonly region: string; readonly createdAt: number } {
  return { id, parent, ...PLACE, createdAt: 0 };
}

function subnet(id: string, cidrBlock: string, availabilityZone: string): Subnet {
  return {
    ...common(id, VPC), parent: VPC, cidrBlock, availabilityZone, availabilityZoneId: 'use1-az1', defaultForAz: false, mapPublicIpOnLaunch: false,
    ipv6Associations: [], assignIpv6AddressOnCreation: false, enableDns64: false, hostnameType: 'ip-name', enableResourceNameDnsARecord: false,
    enableResourceNameDnsAAAARecord: false, tags: [],
  };
}

function instance(id: string, about: NonNullable<WorldDescription['instances']>[string]): Instance {
  const tags = about.address === undefined ? [] : [{ key: 'turnpike:address', value: about.address }];
  const address = { tags, privateIpAddress: about.ip ?? '10.0.0.9', privateIpGiven: about.ip !== undefined };
  return {
    ...common(id, 'subnet-0'), parent: 'subnet-0', vpcId: VPC, availabilityZone: about.zone ?? `${REGION}a`, reservationId: 'r-0', launchIndex: 0, imageId: 'ami-0',
    instanceType: 't3.micro', keyName: null, state: about.state ?? 'running', stateAt: 0, launchedAt: 0, ...address, connectAddress: connectAddress(address),
    publicIpAddress: null, securityGroupIds: [], interfaceIds: [], rootVolumeId: 'vol-0', sourceDestCheck: true, monitoring: false, ebsOptimized: false,
    tenancy: 'default', instanceProfileArn: null, userData: null, clientToken: null, disableApiTermination: false, disableApiStop: false,
    shutdownBehavior: 'stop', creditSpecification: 'standard',
    metadata: { httpTokens: 'required', httpPutResponseHopLimit: 2, httpEndpoint: 'enabled', httpProtocolIpv6: 'disabled', instanceMetadataTags: 'disabled' },
  };
}

export function certificate(name: string, names: readonly string[]): Certificate {
  return {
    ...common(arns.certificate(name), null), type: 'IMPORTED', domainName: names[0] ?? name, subjectAlternativeNames: names, certificate: `leaf of ${name}\n`,
    chain: `chain of ${name}\n`, privateKey: `key of ${name}\n`, serial: '00', subject: `CN=${names[0] ?? name}`, issuer: 'test', notBefore: 0, notAfter: 4_102_444_800_000,
    keyAlgorithm: 'RSA_2048', signatureAlgorithm: 'SHA256WITHRSA', keyUsages: [], extendedKeyUsages: [], deliveredAt: 0, validation: null,
    transparencyLogging: 'DISABLED', exportable: false, exportedAt: null, renewedAt: null, idempotencyToken: null, tags: [],
  };
}

function serverCertificate(name: string, names: readonly string[]): ServerCertificate {
  return {
    ...common(iamArn(PLACE.account, 'server-certificate', ['/', name]), null), parent: null, name, path: '/', uniqueId: 'ASCA', certificate: `leaf of ${name}`, chain: '', privateKey: `key of ${name}\n`,
    subjectAlternativeNames: names, notAfter: 4_102_444_800_000, tags: [],
  };
}

function functionRows(name: string, about: FunctionDescription): readonly Row[] {
  const id = arns.function(name);
  const configuration = (arn: string, parent: string | null, version: string): FunctionConfiguration => ({
    ...common(arn, parent), name, version, runtime: 'nodejs22.x', handler: 'index.handler', role: 'arn:aws:iam::000000000000:role/r', description: '', timeout: about.timeout ?? 3,
    memorySize: 128, environment: about.environment ?? {}, code: 'c0de', codeSize: 100, unzippedSize: 100, folder: null, layers: [], architectures: ['x86_64'], ephemeralStorage: 512, tracing: 'PassThrough',
    vpc: null, logging: { format: 'Text', applicationLevel: null, systemLevel: null, group: `/aws/lambda/${name}` }, lastModified: 0, revisionId: `revision-${version}`,
  });
  const versions = about.versions ?? [];
  const resource: LambdaFunction = {
    ...configuration(id, null, '$LATEST'), parent: null, version: '$LATEST', tags: [], reservedConcurrency: about.concurrency ?? null, recursiveLoop: 'Terminate', codeSigningConfig: null, lastVersion: Math.max(0, ...versions),
  };
  return [
    { kind: 'lambda/function', resource },
    ...versions.map((number): Row => {
      const version: FunctionVersion = { ...configuration(`${id}:${number}`, id, String(number)), parent: id, functionDescription: '' };
      return { kind: 'lambda/version', resource: version };
    }),
    ...entries(about.aliases).map(([alias, functionVersion]): Row => {
      const routing = about.routing?.[alias] ?? null;
      const row: FunctionAlias = { ...common(`${id}:${alias}`, id), parent: id, name: alias, functionVersion, description: '', routing, revisionId: 'r' };
      return { kind: 'lambda/alias', resource: row };
    }),
    ...entries(about.allow).map(([qualifier, group]): Row => {
      const arn = qualifier === '' ? id : `${id}:${qualifier}`;
      const policy: FunctionPolicy = {
        ...common(arn, id), parent: id,
        statements: [{
          Sid: 's', Effect: 'Allow', Principal: { Service: group.startsWith('api ') ? 'apigateway.amazonaws.com' : 'elasticloadbalancing.amazonaws.com' }, Action: 'lambda:InvokeFunction', Resource: arn,
          ...(group !== 'any' && { Condition: { ArnLike: { 'AWS:SourceArn': group.startsWith('api ') ? `arn:aws:execute-api:${REGION}:${ACCOUNT}:${group.slice(4)}` : arns.group(group) } } }),
        }],
      };
      return { kind: 'lambda/policy', resource: policy };
    }),
  ];
}

function groupRows(name: string, about: GroupDescription): readonly Row[] {
  const id = arns.group(name);
  const targetType = about.type ?? 'ip';
  const isFunction = targetType === 'lambda';
  const resource: TargetGroup = {
    ...common(id, null), name, targetType, protocol: isFunction ? null : (about.protocol ?? 'HTTP'), protocolVersion: isFunction ? null : (about.version ?? 'HTTP1'),
    port: isFunction ? null : (about.port ?? 80), vpcId: isFunction ? null : VPC, ipAddressType: 'ipv4',
    healthCheck: {
      enabled: !isFunction, protocol: isFunction ? null : 'HTTP', port: isFunction ? null : 'traffic-port', path: '/', intervalSeconds: isFunction ? 35 : 30,
      timeoutSeconds: isFunction ? 30 : 5, healthyThresholdCount: 5, unhealthyThresholdCount: isFunction ? 5 : 2, matcher: '200', ...about.health,
    },
    attributes: about.attributes ?? {}, tags: [],
  };
  const targets = entries(about.targets).map(([key, options]): Row => {
    const at = /^(.+):(\d+)$/.exec(isFunction || key.includes('::') ? '' : key);
    const targetId = isFunction ? arns.function(key) : at ? at[1]! : key;
    const port = isFunction ? null : (options?.port ?? (at ? Number(at[2]) : resource.port));
    const target: Target = {
      ...common(targetRowId(id, targetId, port), id), targetId, port, availabilityZone: options?.zone ?? null, registeredAt: 0,
      drainingUntil: options?.drainingUntil ?? null,
    };
    return { kind: 'elbv2/target', resource: target };
  });
  return [{ kind: 'elbv2/target-group', resource }, ...targets];
}

function balancerRows(name: string, about: BalancerDescription, number: number): readonly Row[] {
  const id = arns.balancer(name);
  const scheme = about.scheme ?? 'internet-facing';
  const resource: LoadBalancer = {
    ...common(id, null), type: 'application', name, scheme, vpcId: VPC,
    zones: (about.zones ?? [`${REGION}a`, `${REGION}b`]).map((zoneName) => ({ zoneName, subnetId: `subnet-${zoneName.at(-1)}` })), securityGroups: [],
    ipAddressType: about.ipAddressType ?? 'ipv4', dnsName: loadBalancerDnsName({ name, scheme, region: REGION }, number, 'localhost'), canonicalHostedZoneId: 'Z0', capacity: null, ipv4IpamPool: null,
    state: 'active', address: about.address === undefined ? `127.0.1.${number}` : about.address, attributes: about.attributes ?? {}, tags: [],
  };
  return [{ kind: 'elbv2/load-balancer', resource }, ...entries(about.listeners).flatMap(([key, listener]) => listenerRows(name, key, listener ?? {}))];
}

export function listenerRows(balancer: string, key: string, about: ListenerDescription): readonly Row[] {
  const [protocol = 'http', port = '80'] = key.split(' ');
  const id = arns.listener(balancer, port);
  const isTls = protocol === 'https';
  const [first, ...more] = (about.certificates ?? []).map(arns.certificate);
  const resource: Listener = {
    ...common(id, about.orphanOf ?? arns.balancer(balancer)), port: Number(port), protocol: isTls ? 'HTTPS' : 'HTTP',
    sslPolicy: isTls ? (about.policy ?? DEFAULT_SSL_POLICY) : null, defaultCertificate: isTls ? (first ?? null) : null, additionalCertificates: more, alpnPolicy: [],
    mutualAuthentication: isTls ? { Mode: 'off' } : null, defaultActions: actions(about.default ?? { fixed: 404 }), defaultRuleArn: ruleArn(id, '0'),
    defaultRuleTags: [], attributes: about.attributes ?? {}, tags: [],
  };
  return [{ kind: 'elbv2/listener', resource }, ...entries(about.rules).map(([priority, rule]): Row => ({ kind: 'elbv2/rule', resource: describedRule(id, Number(priority), rule) }))];
}

export function describedRule(listener: string, priority: number, about: RuleDescription): Rule {
  return {
    ...common(ruleArn(listener, String(priority)), listener), priority, conditions: conditions(about.when ?? {}),
    actions: actions(about.do ?? { fixed: 200 }), transforms: about.transforms ?? [], tags: [],
  };
}

function conditions(when: ConditionDescription): readonly Condition[] {
  return [
    ...(when.host ? [{ Field: 'host-header' as const, Values: when.host }] : []),
    ...(when.path ? [{ Field: 'path-pattern' as const, Values: when.path }] : []),
    ...(when.method ? [{ Field: 'http-request-method' as const, Values: when.method }] : []),
    ...entries(when.headers).map(([HttpHeaderName, Values]) => ({ Field: 'http-header' as const, HttpHeaderName, Values })),
    ...(when.query ? [{ Field: 'query-string' as const, Values: when.query.map(pair) }] : []),
    ...(when.hostRegex ? [{ Field: 'host-header' as const, RegexValues: when.hostRegex }] : []),
    ...(when.pathRegex ? [{ Field: 'path-pattern' as const, RegexValues: when.pathRegex }] : []),
    ...entries(when.headerRegexes).map(([HttpHeaderName, RegexValues]) => ({ Field: 'http-header' as const, HttpHeaderName, RegexValues })),
    ...(when.source ? [{ Field: 'source-ip' as const, Values: when.source }] : []),
  ];
}

function pair(text: string): { readonly Key: string | null; readonly Value: string } {
  const at = text.indexOf('=');
  return at < 0 ? { Key: null, Value: text } : { Key: text.slice(0, at), Value: text.slice(at + 1) };
}

function actions(about: ActionDescription): readonly Action[] {
  return 'actions' in about ? about.actions.map((each) => action(each, each.order ?? null)) : [action(about, null)];
}

function action(about: ActionDescription, Order: number | null): Action {
  if ('actions' in about) throw new Error('actions do not nest');
  if ('config' in about) return { ...about.config, Order };
  if ('fixed' in about) {
    return { Type: 'fixed-response', Order, FixedResponseConfig: { StatusCode: String(about.fixed), ContentType: about.type ?? null, MessageBody: about.body ?? null } };
  }
  if ('redirect' in about) {
    const { status, protocol, host, port, path, query } = about.redirect;
    return {
      Type: 'redirect', Order,
      RedirectConfig: {
        Protocol: protocol ?? '#{protocol}', Host: host ?? '#{host}', Port: port ?? '#{port}', Path: path ?? '/#{path}', Query: query ?? '#{query}',
        StatusCode: `HTTP_${status ?? 301}`,
      },
    };
  }
  const weights = typeof about.forward === 'string' ? { [about.forward]: 1 } : about.forward;
  return {
    Type: 'forward', Order,
    ForwardConfig: {
      TargetGroups: Object.entries(weights).map(([name, Weight]) => ({ TargetGroupArn: arns.group(name), Weight })),
      TargetGroupStickinessConfig: { Enabled: about.sticky !== undefined, DurationSeconds: about.sticky ?? null },
    },
  };
}
