import ipaddr from 'ipaddr.js';
import { AwsError } from '../../../aws/index.ts';

/** What IAM holds policy documents against when they are put, beyond their being read, in the sentences that it was measured to say. IAM/latest/UserGuide/reference_policies_grammar.html */

export const SYNTAX = 'Syntax errors in policy.';
export const LEGACY = 'The policy failed legacy parsing';

type Fields = Readonly<Record<string, unknown>>;

const FIELDS: readonly string[] = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

/** The fields of statements, and their conditions. */
export function checkGrammar(statements: readonly Fields[]): void {
  for (const statement of statements) {
    if (!Object.keys(statement).every((field) => FIELDS.includes(field))) throw malformed(SYNTAX);
    if ('Resource' in statement && 'NotResource' in statement) throw malformed(SYNTAX);
    const { Condition: conditions } = statement;
    if (isObject(conditions)) for (const [operator, keys] of Object.entries(conditions)) checkCondition(operator, keys);
  }
}

/** Empty ones are as good as none: Terraform writes them. */
export function checkIds(statements: readonly Fields[]): void {
  const ids = statements.flatMap(({ Sid: id }) => (typeof id === 'string' && id !== '' ? [id] : []));
  if (!ids.every((id) => /^[0-9A-Za-z]*$/.test(id))) throw malformed('Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*');
  if (new Set(ids).size < ids.length) throw malformed('Statement IDs (SID) in a single policy must be unique.');
}

export function checkAction(action: string): void {
  if (action === '*') return;
  const [vendor = '', name, ...more] = action.split(':');
  if (more.length > 0) throw malformed('Actions/Condition can contain only one colon.');
  if (name !== undefined && /[*?]/.test(vendor)) throw malformed('Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.');
  if (name === undefined || !/^[\w-]+$/.test(vendor) || !/^[\w*?-]+$/.test(name)) throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
}

/** Of S3 access points and others than buckets have region and account. */
const S3_OTHERS = /^(?:accesspoint|access-grants|async-request|job|storage-lens)/;

export function checkResource(resource: string): void {
  if (resource === '*') return;
  if (!resource.startsWith('arn:')) throw malformed(`Resource ${resource} must be in ARN format or "*".`);
  const [, partition = '', vendor = '', region = '', account = '', ...rest] = resource.split(':');
  if (partition !== 'aws' && partition !== '*') throw malformed(`Partition "${partition}" is not valid for resource "${resource}".`);
  if (rest.length === 0) throw malformed(LEGACY);
  if (/[*?]/.test(vendor)) throw malformed('Resource vendor must be fully qualified and cannot contain regexes.');
  const isBucket = vendor === 's3' && !S3_OTHERS.test(rest[0]!);
  if ((isBucket || vendor === 'iam' || vendor === 'route53') && /^[^*]+$/.test(region)) throw malformed(`Resource ${resource} can not contain region information.`);
  if (isBucket && /^[^*]+$/.test(account)) throw malformed(`Resource ${resource} cannot contain an account id.`);
}

const COMPARED = 'Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals';
const OPERATOR = new RegExp(
  `^(?:ForAllValues:|ForAnyValue:)?(?:Null|(?:String(?:Equals|NotEquals|EqualsIgnoreCase|NotEqualsIgnoreCase|Like|NotLike)|(?:Numeric|Date)(?:${COMPARED})|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Equals|NotEquals|Like|NotLike))(?:IfExists)?)$`,
);

function checkCondition(operator: string, keys: unknown): void {
  if (!OPERATOR.test(operator) || !isObject(keys)) throw malformed(SYNTAX);
  for (const given of Object.values(keys)) {
    for (const value of Array.isArray(given) ? (given as unknown[]) : [given]) {
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') throw malformed(SYNTAX);
      if (operator.includes('Binary') && !isBase64(String(value))) throw malformed(SYNTAX);
      if (!isOf(operator, String(value))) throw malformed(LEGACY);
    }
  }
}

/** Whether a value is of the kind that the operator compares. */
function isOf(operator: string, value: string): boolean {
  if (operator.includes('Numeric')) return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value);
  if (operator.includes('Date')) return /^\d+$/.test(value) || (/^\d{4}-\d{2}(?:-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?)?$/.test(value) && !Number.isNaN(Date.parse(value)));
  if (operator.includes('IpAddress')) return ipaddr.IPv4.isValidFourPartDecimal(value) || ipaddr.IPv4.isValidCIDRFourPartDecimal(value) || ipaddr.IPv6.isValid(value) || ipaddr.IPv6.isValidCIDR(value);
  if (/(?:^|:)Arn/.test(operator)) return value === '*' || (value.startsWith('arn:') && value.split(':').length > 4);
  return true;
}

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}
