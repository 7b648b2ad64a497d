import { AwsError } from '../../../aws/index.ts';

/** One statement of a policy. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly principals: readonly Principal[];
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Operator -> key -> value or values, as written. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

export interface Principal {
  /** `AWS`, `Service`, `Federated`, `CanonicalUser`; `*` for everybody. */
  readonly type: string;
  readonly value: string;
}

const VERSIONS = ['2012-10-17', '2008-10-17'];

/** Checks a trust policy as IAM does when a role takes it. */
export function checkTrustPolicy(document: string): void {
  const statements = parsePolicy(document);
  for (const statement of statements) {
    if (statement.principals.length === 0) throw malformed('AssumeRole policy may only specify STS AssumeRole actions with a Principal.');
    for (const action of statement.actions) {
      if (!/^(sts:[A-Za-z*?]+|\*)$/.test(action)) throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
    }
    for (const principal of statement.principals) {
      const isKnown = principal.type !== 'AWS' || principal.value === '*' || /^\d{12}$/.test(principal.value) || /^arn:aws[\w-]*:(iam|sts)::\d{12}:/.test(principal.value) || /^A[A-Z0-9]{15,}$/.test(principal.value);
      if (!isKnown) throw malformed(`Invalid principal in policy: "${principal.type}":"${principal.value}"`);
    }
  }
  if (statementsOf(document).some((statement) => 'Resource' in statement || 'NotResource' in statement)) throw malformed('Has prohibited field Resource');
}

/** Checks an identity policy: actions on resources, no principals. */
export function checkIdentityPolicy(document: string): void {
  for (const statement of parsePolicy(document)) {
    if (statement.principals.length > 0) throw malformed('Policy document should not specify a principal.');
    for (const action of [...statement.actions, ...statement.notActions]) {
      if (action !== '*' && !/^[\w-]+:[\w*?-]+$/.test(action)) throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  for (const statement of statementsOf(document)) {
    const resources = strings(statement['Resource'] ?? statement['NotResource'], 'Resource');
    if (resources.length === 0) throw malformed('Policy statement must contain resources.');
    for (const resource of resources) {
      if (resource !== '*' && !resource.startsWith('arn:')) throw malformed(`Resource ${resource} must be in ARN format or "*".`);
    }
  }
}

/** The statements of a policy document. Throws `MalformedPolicyDocument`. */
export function parsePolicy(document: string): readonly Statement[] {
  return statementsOf(document).map((statement): Statement => {
    const effect = statement['Effect'];
    if (effect !== 'Allow' && effect !== 'Deny') throw malformed(effect === undefined ? 'Missing required field Effect' : `Invalid effect: ${String(effect)}`);
    const actions = strings(statement['Action'], 'Action');
    const notActions = strings(statement['NotAction'], 'NotAction');
    if (actions.length === 0 && notActions.length === 0) throw malformed('Missing required field Action');
    if (actions.length > 0 && notActions.length > 0) throw malformed('Statement must not have both Action and NotAction');
    const sid = statement['Sid'];
    if (sid !== undefined && typeof sid !== 'string') throw malformed('Syntax errors in policy.');
    const condition = statement['Condition'];
    if (condition !== undefined && !isObject(condition)) throw malformed('Syntax errors in policy.');
    return { effect, principals: principalsOf(statement['Principal'] ?? statement['NotPrincipal']), actions, notActions, conditions: condition ?? {} };
  });
}

function statementsOf(document: string): readonly Record<string, unknown>[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  if (!isObject(parsed)) throw malformed('Syntax errors in policy.');
  const version = parsed['Version'];
  if (version !== undefined && !VERSIONS.includes(version as string)) throw malformed('The policy must contain a valid version string');
  const unknown = Object.keys(parsed).find((key) => !['Version', 'Id', 'Statement'].includes(key));
  if (unknown !== undefined) throw malformed('Syntax errors in policy.');
  const statements = parsed['Statement'];
  const list = Array.isArray(statements) ? (statements as unknown[]) : [statements];
  if (statements === undefined || list.length === 0 || !list.every(isObject)) throw malformed('Syntax errors in policy.');
  return list.filter(isObject);
}

function principalsOf(given: unknown): Principal[] {
  if (given === undefined) return [];
  if (given === '*') return [{ type: '*', value: '*' }];
  if (!isObject(given)) throw malformed('Syntax errors in policy.');
  return Object.entries(given).flatMap(([type, value]) => {
    if (!['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(type)) throw malformed(`Unsupported principal type "${type}"`);
    return strings(value, 'Principal').map((each) => ({ type, value: each }));
  });
}

function strings(value: unknown, field: string): readonly string[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (!list.every((each) => typeof each === 'string')) throw malformed(`Syntax errors in policy (${field}).`);
  return list;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}

/** Documents come back percent-encoded (RFC 3986), as the IAM reference says of every document in an answer. */
export function encodedDocument(document: string): string {
  return encodeURIComponent(document).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
