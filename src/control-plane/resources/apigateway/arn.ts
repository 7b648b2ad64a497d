/**
 * What of this service can have tags here, by `arn:aws:apigateway:REGION::/apikeys/ID` or `.../usageplans/ID`; null where the ARN is none of it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
 */
export function parseApiGatewayArn(text: string): { readonly region: string; readonly noun: 'apikeys' | 'usageplans'; readonly id: string } | null {
  const match = /^arn:aws(?:-cn|-us-gov)?:apigateway:([a-z0-9-]+)::\/(apikeys|usageplans)\/([A-Za-z0-9]+)$/.exec(text);
  return match ? { region: match[1]!, noun: match[2] as 'apikeys' | 'usageplans', id: match[3]! } : null;
}
