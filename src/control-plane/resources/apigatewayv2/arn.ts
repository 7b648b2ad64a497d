/** ARNs of API Gateway, which have no account: `arn:aws:apigateway:REGION::/apis/ID`. https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html */
import { partitionOf } from '../elbv2/arn.ts';

function arn(region: string, resource: string): string {
  return `arn:${partitionOf(region)}:apigateway:${region}::/${resource}`;
}

export function apiArn(region: string, apiId: string): string {
  return arn(region, `apis/${apiId}`);
}

export function stageArn(region: string, apiId: string, stageName: string): string {
  return arn(region, `apis/${apiId}/stages/${stageName}`);
}

/** The name of a domain as tags and DescribeX know it. */
export function domainNameArn(region: string, domainName: string): string {
  return arn(region, `domainnames/${domainName}`);
}

export function vpcLinkArn(region: string, vpcLinkId: string): string {
  return arn(region, `vpclinks/${vpcLinkId}`);
}

/** Routing rules alone have the account in theirs. */
export function routingRuleArn(place: { readonly region: string; readonly account: string }, domainName: string, ruleId: string): string {
  return `arn:${partitionOf(place.region)}:apigateway:${place.region}:${place.account}:/domainnames/${domainName}/routingrules/${ruleId}`;
}

/** What a policy names to allow requests: `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/path`. */
export function executeApiArn(place: { readonly region: string; readonly account: string }, apiId: string, rest: string): string {
  return `arn:${partitionOf(place.region)}:execute-api:${place.region}:${place.account}:${apiId}/${rest}`;
}

/** What can have tags. */
export type TaggableArn =
  | { readonly kind: 'api'; readonly region: string; readonly apiId: string }
  | { readonly kind: 'stage'; readonly region: string; readonly apiId: string; readonly stageName: string }
  | { readonly kind: 'domain-name'; readonly region: string; readonly domainName: string }
  | { readonly kind: 'vpc-link'; readonly region: string; readonly vpcLinkId: string };

/** Takes an ARN of something with tags apart; null where it is none. */
export function parseTaggableArn(text: string): TaggableArn | null {
  const match = /^arn:aws(?:-cn|-us-gov)?:apigateway:([a-z0-9-]+)::\/(.+)$/.exec(text);
  if (!match) return null;
  const region = match[1]!;
  const [noun, id = '', inner, name, ...rest] = match[2]!.split('/');
  if (id === '' || rest.length > 0) return null;
  if (noun === 'apis' && inner === undefined) return { kind: 'api', region, apiId: id };
  if (noun === 'apis' && inner === 'stages' && name !== undefined && name !== '') return { kind: 'stage', region, apiId: id, stageName: name };
  if (inner !== undefined) return null;
  if (noun === 'domainnames') return { kind: 'domain-name', region, domainName: id };
  if (noun === 'vpclinks') return { kind: 'vpc-link', region, vpcLinkId: id };
  return null;
}
