/** An Amazon Resource Name, taken apart. Region and account are empty where the service has none in its ARNs (IAM, S3). */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything after the fifth colon: `loadbalancer/app/name/id`, `function:name:1`. */
  readonly resource: string;
}

const PARTITION = /^aws(?:-[a-z]+)*$/;
const SERVICE = /^[a-z0-9][a-z0-9-]{0,62}$/;
const REGION = /^(?:[a-z]{2,}(?:-[a-z]+)+-\d+)?$/;
const ACCOUNT = /^(?:\d{12}|aws|cloudfront)?$/;
/** AWS's own limit on ARNs in IAM policies and most APIs. */
const LONGEST = 2048;

/** Null for what is not an ARN, in any of its parts (AWS General Reference, "Amazon Resource Names"). */
export function parseArn(text: string): Arn | null {
  if (text.length > LONGEST || !text.startsWith('arn:')) return null;
  const parts = text.split(':');
  if (parts.length < 6) return null;
  const [, partition, service, region, account] = parts as [string, string, string, string, string];
  const resource = parts.slice(5).join(':');
  if (!PARTITION.test(partition) || !SERVICE.test(service) || !REGION.test(region) || !ACCOUNT.test(account)) return null;
  if (resource === '' || /[\s\u0000-\u001f\u007f]/.test(resource)) return null;
  return { partition, service, region, account, resource };
}

export function formatArn(arn: Omit<Arn, 'partition'> & { readonly partition?: string }): string {
  return `arn:${arn.partition ?? 'aws'}:${arn.service}:${arn.region}:${arn.account}:${arn.resource}`;
}
