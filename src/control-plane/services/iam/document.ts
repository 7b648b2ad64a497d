import { checkAction, checkGrammar, checkIds, checkResource, isObject, LEGACY, malformed, SYNTAX } from './policy-grammar.ts';

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

const ASSUMING: readonly string[] = ['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML', 'TagSession', 'SetSourceIdentity', 'SetContext'].map((action) => `sts:${action}`);

/** Checks a trust policy as IAM does when a role takes it. */
export function checkTrustPolicy(document: string): void {
  const statements = parsePolicy(document);
  checkGrammar(statementsOf(document));
  for (const { principals, actions, conditions } of statements) {
    if (principals.length === 0) throw malformed('AssumeRole policy may only specify STS AssumeRole actions with a Principal.');
    if (!actions.every((action) => ASSUMING.includes(action))) throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
    for (const principal of principals) checkPrincipal(principal);
    const isCognito = principals.some(({ type, value }) => type === 'Federated' && value === 'cognito-identity.amazonaws.com');
    if (isCognito && Object.keys(conditions).length === 0) throw malformed('A condition block must be present for the Cognito provider');
  }
  if (statementsOf(document).some((statement) => 'Resource' in statement || 'NotResource' in statement)) throw malformed('Has prohibited field Resource');
}

/** AWS looks for the users and roles that are named, too. */
function checkPrincipal({ type, value }: Principal): void {
  switch (type) {
    case '*':
      throw malformed('AssumeRolepolicy contained an invalid principal: "STAR":"*".');
    case 'AWS':
      if (value === '*' || /^(?:\d{12}|\d{4}-\d{4}-\d{4})$/.test(value) || /^arn:aws[\w-]*:(?:iam|sts)::\d{12}:[^\s*?]+$/.test(value) || /^A[A-Z0-9]{15,}$/.test(value)) return;
      throw malformed(`Invalid principal in policy: "AWS":"${value}"`);
    case 'Service':
      if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)$/.test(value)) return;
      throw malformed(`Invalid principal in policy: "SERVICE":"${value}"`);
    default:
  }
}

/** Checks an identity policy: actions on resources, no principals. */
export function checkIdentityPolicy(document: string): void {
  const statements = statementsOf(document);
  for (const statement of parsePolicy(document)) {
    if (statement.principals.length > 0) throw malformed('Policy document should not specify a principal.');
    for (const action of [...statement.actions, ...statement.notActions]) checkAction(action);
  }
  checkGrammar(statements);
  checkIds(statements);
  for (const statement of statements) {
    const resources = strings(statement['Resource'] ?? statement['NotResource'], 'Resource');
    if (resources.length === 0) throw malformed('Policy statement must contain resources.');
    for (const resource of resources) checkResource(resource);
  }
}

/** The statements of a policy document. Throws `MalformedPolicyDocument`. */
export function parsePolicy(document: string): readonly Statement[] {
  return statementsOf(document).map((statement): Statement => {
    const effect = statement['Effect'];
    if (effect !== 'Allow' && effect !== 'Deny') throw malformed(effect === undefined ? SYNTAX : LEGACY);
    const actions = strings(statement['Action'], 'Action');
    const notActions = strings(statement['NotAction'], 'NotAction');
    if (actions.length === 0 && notActions.length === 0) throw malformed('Policy statement must contain actions.');
    if (actions.length > 0 && notActions.length > 0) throw malformed(SYNTAX);
    const sid = statement['Sid'];
    if (sid !== undefined && typeof sid !== 'string') throw malformed(SYNTAX);
    const condition = statement['Condition'];
    if (condition !== undefined && !isObject(condition)) throw malformed(SYNTAX);
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
  if (!isObject(parsed)) throw malformed(SYNTAX);
  const version = parsed['Version'];
  if (version !== undefined && !VERSIONS.includes(version as string)) throw malformed(SYNTAX);
  const unknown = Object.keys(parsed).find((key) => !['Version', 'Id', 'Statement'].includes(key));
  if (unknown !== undefined) throw malformed(SYNTAX);
  const statements = parsed['Statement'];
  const list = Array.isArray(statements) ? (statements as unknown[]) : [statements];
  if (statements === undefined || list.length === 0 || !list.every(isObject)) throw malformed(SYNTAX);
  return list.filter(isObject);
}

function principalsOf(given: unknown): Principal[] {
  if (given === undefined) return [];
  if (given === '*') return [{ type: '*', value: '*' }];
  if (!isObject(given)) throw malformed(SYNTAX);
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

/** Documents come back percent-encoded (RFC 3986), as the IAM reference says of every document in an answer. */
export function encodedDocument(document: string): string {
  return encodeURIComponent(document).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
