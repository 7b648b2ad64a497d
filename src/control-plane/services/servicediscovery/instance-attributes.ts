import { AwsError } from '../../../aws/index.ts';
import type { DiscoveryService, Namespace } from '../../resources/servicediscovery/index.ts';

export type Attributes = Readonly<Record<string, string>>;

const MOST_CUSTOM = 30;
const MOST_CHARACTERS = 5000;
const OF_AWS: readonly string[] = ['AWS_ALIAS_DNS_NAME', 'AWS_EC2_INSTANCE_ID', 'AWS_INIT_HEALTH_STATUS', 'AWS_INSTANCE_CNAME', 'AWS_INSTANCE_IPV4', 'AWS_INSTANCE_IPV6', 'AWS_INSTANCE_PORT'];
/** What a record of the service asks of its instances. */
const NEEDED: readonly (readonly [record: string, attribute: string])[] = [['A', 'AWS_INSTANCE_IPV4'], ['AAAA', 'AWS_INSTANCE_IPV6'], ['CNAME', 'AWS_INSTANCE_CNAME'], ['SRV', 'AWS_INSTANCE_PORT']];

/** cloud-map/latest/api/API_RegisterInstance.html; the sentences are those that Cloud Map was measured to say, but for the forms of addresses and ports. */
export function checkAttributes(attributes: Attributes, of: { readonly service: DiscoveryService; readonly namespace: Namespace['type'] }): void {
  checkNames(attributes);
  checkTargets(attributes, of);
  const initial = attributes['AWS_INIT_HEALTH_STATUS'];
  if (initial !== undefined && initial !== 'HEALTHY' && initial !== 'UNHEALTHY') throw invalid(`No enum constant com.amazon.route53.autonaming.model.InitHealthStatus.${initial}`);
  const address = attributes['AWS_INSTANCE_IPV4'];
  if (address !== undefined && !/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(address)) throw invalid(`The value of AWS_INSTANCE_IPV4 is no IPv4 address: ${address}`);
  const port = attributes['AWS_INSTANCE_PORT'];
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) throw invalid(`The value of AWS_INSTANCE_PORT is no port: ${port}`);
  const records = of.service.dns?.records.map(({ type }) => type) ?? [];
  const missing = NEEDED.flatMap(([record, attribute]) => (records.includes(record) && attributes[attribute] === undefined ? [attribute] : []));
  if (missing.length > 0) throw invalid(`Required attribute(s) ${missing.join(', ')} are missing.`);
  if (records.includes('SRV') && address === undefined && attributes['AWS_INSTANCE_IPV6'] === undefined) throw invalid('At least one of AWS_INSTANCE_IPV4 AWS_INSTANCE_IPV6 is required.');
}

function checkNames(attributes: Attributes): void {
  const names = Object.keys(attributes);
  const strange = names.filter((name) => /^aws_/i.test(name) && !OF_AWS.includes(name));
  if (strange.length > 0) throw invalid(`Invalid attribute: [${strange.join(', ')}]. [aws_] prefix is reserved for AWS attributes.`);
  const custom = names.filter((name) => !OF_AWS.includes(name));
  if (custom.length > MOST_CUSTOM) throw invalid(`Too many attributes provided: [${custom.join(', ')}]. The current limit is ${MOST_CUSTOM}`);
  const characters = Object.entries(attributes).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (characters > MOST_CHARACTERS) throw invalid(`Instance attributes too large. Maximum allowed size of all attributes is ${MOST_CHARACTERS} characters.`);
}

function checkTargets(attributes: Attributes, { service, namespace }: Parameters<typeof checkAttributes>[1]): void {
  if (attributes['AWS_EC2_INSTANCE_ID'] !== undefined) {
    if (namespace !== 'HTTP') throw invalid(`AWS_EC2_INSTANCE_ID provided in namespace type ${namespace}. It is only supported in HTTP namespace`);
    const beside = OF_AWS.filter((name) => attributes[name] !== undefined && name !== 'AWS_EC2_INSTANCE_ID' && name !== 'AWS_INIT_HEALTH_STATUS');
    if (beside.length > 0) throw invalid(`Invalid combination of attributes received. AWS_EC2_INSTANCE_ID is not supported with [${beside.join(', ')}].`);
    throw notServed();
  }
  if (attributes['AWS_ALIAS_DNS_NAME'] === undefined) return;
  if (service.dns?.routingPolicy === 'MULTIVALUE') throw invalid('ALIAS instance can be registered only in services with WEIGHTED routing policy');
  throw notServed();
}

function notServed(): AwsError {
  return invalid('Instances are registered by AWS_INSTANCE_IPV4 or AWS_INSTANCE_CNAME here: AWS_EC2_INSTANCE_ID and AWS_ALIAS_DNS_NAME are not served.');
}

function invalid(why: string): AwsError {
  return new AwsError('InvalidInput', why);
}
