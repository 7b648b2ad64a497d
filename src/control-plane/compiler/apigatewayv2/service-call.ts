import type { ServiceCall } from '../../../snapshot/index.ts';

const JSON_1_0 = 'application/x-amz-json-1.0';
const JSON_1_1 = 'application/x-amz-json-1.1';

/** Services whose actions are named in X-Amz-Target; those of all others are, as Query APIs have them, named in the query. */
const TARGETS: Readonly<Record<string, readonly [prefix: string, contentType: string]>> = {
  'cognito-idp': ['AWSCognitoIdentityProviderService', JSON_1_1],
  dynamodb: ['DynamoDB_20120810', JSON_1_0],
  events: ['AWSEvents', JSON_1_1],
  firehose: ['Firehose_20150804', JSON_1_1],
  kinesis: ['Kinesis_20131202', JSON_1_1],
  kms: ['TrentService', JSON_1_1],
  logs: ['Logs_20140328', JSON_1_1],
  secretsmanager: ['secretsmanager', JSON_1_1],
  ssm: ['AmazonSSM', JSON_1_1],
  states: ['AWSStepFunctions', JSON_1_0],
};

/**
 * What the URI of an integration of type AWS asks of a service: `arn:aws:apigateway:REGION:{SUBDOMAIN.SERVICE|SERVICE}:path|action/{service_api}`.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (uri)
 */
export function serviceCall(uri: string, method: string): Omit<ServiceCall, 'parameters'> | null {
  const [, region, host, form, rest] = /^arn:aws[a-z-]*:apigateway:([a-z0-9-]+):([A-Za-z0-9.-]+):(action|path)\/(\S+)$/.exec(uri) ?? [];
  if (region === undefined || host === undefined || rest === undefined) return null;
  const service = host.slice(host.lastIndexOf('.') + 1).toLowerCase();
  const call = { kind: 'aws-service', service, region, method: method === 'ANY' ? 'POST' : method } as const;
  if (form === 'path') return { ...call, path: `/${rest.replace(/^\/+/, '')}`, headers: {} };
  if (!/^[A-Za-z0-9]+$/.test(rest)) return null;
  const target = Object.hasOwn(TARGETS, service) ? TARGETS[service] : undefined;
  if (target === undefined) return { ...call, path: `/?Action=${rest}`, headers: {} };
  return { ...call, path: '/', headers: { 'content-type': target[1], 'x-amz-target': `${target[0]}.${rest}` } };
}
