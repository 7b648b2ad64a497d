import { arnMatches } from '../../../kernel/index.ts';
import type { Resource } from '../resource.ts';

/** The resource policy of a function, version or alias: `id` is its ARN, `parent` the function's. Its revision is that of whose policy it is. */
export interface FunctionPolicy extends Resource {
  readonly parent: string;
  readonly statements: readonly PolicyStatement[];
}

/** One AddPermission. Spelled as the policy document spells it, because that is how it is shown. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | { readonly Service: string } | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string;
  /** Operator -> key -> value. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What somebody who wants to invoke says of himself. */
export interface InvocationOrigin {
  /** Service principal: `elasticloadbalancing.amazonaws.com`. */
  readonly service: string;
  /** ARN on whose behalf the service calls: a target group's. */
  readonly sourceArn: string;
  /** Twelve digits: the account of `sourceArn`. */
  readonly sourceAccount: string;
}

/** The read that a decision needs; worlds and the compiler's readers have it. */
export interface PolicyReader {
  get(kind: 'lambda/policy', id: string): FunctionPolicy | undefined;
}

/** The policy document as GetPolicy shows it. */
export function policyDocument(policy: FunctionPolicy): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: policy.statements });
}

/** Whether the policy on exactly this ARN (a policy on the function does not cover its versions and aliases) lets a service invoke it. */
export function isInvocationAllowed(reader: PolicyReader, arn: string, origin: InvocationOrigin): boolean {
  const policy = reader.get('lambda/policy', arn);
  return policy?.statements.some((statement) => allows(statement, origin)) ?? false;
}

/** Whether the policy on exactly this ARN lets an identity of another account invoke it. */
export function isAccountAllowed(reader: PolicyReader, arn: string, { account, principal }: { readonly account: string; readonly principal: string }): boolean {
  const policy = reader.get('lambda/policy', arn);
  return policy?.statements.some(({ Principal, Action, Condition }) => Condition === undefined && forInvocation(Action) && (Principal === '*' || ('AWS' in Principal && (Principal.AWS === principal || Principal.AWS.endsWith(`:iam::${account}:root`))))) ?? false;
}

/** Whether a function's URL may be called by whoever comes: its policy must say so even where the URL asks for no signature. */
export function isUrlPublic(reader: PolicyReader, arn: string): boolean {
  const policy = reader.get('lambda/policy', arn);
  return policy?.statements.some(({ Principal, Action, Condition = {} }) => {
    const action = Action.toLowerCase();
    return Principal === '*' && (action === 'lambda:invokefunctionurl' || action === 'lambda:*' || action === '*') && Object.entries(Condition).every(
      ([operator, keys]) => operator === 'StringEquals' && Object.entries(keys).every(([key, value]) => key.toLowerCase() === 'lambda:functionurlauthtype' && value === 'NONE'),
    );
  }) ?? false;
}

function forInvocation(action: string): boolean {
  return action === '*' || action === 'lambda:*' || action.toLowerCase() === 'lambda:invokefunction';
}

function allows({ Principal, Action, Condition = {} }: PolicyStatement, origin: InvocationOrigin): boolean {
  const forPrincipal = Principal === '*' || ('Service' in Principal && Principal.Service === origin.service);
  return forPrincipal && forInvocation(Action) && Object.entries(Condition).every(([operator, keys]) => Object.entries(keys).every(([key, value]) => holds(operator, value, valueOf(key, origin))));
}

/** Condition keys are case-insensitive; one that the caller does not have holds for nobody. */
function valueOf(key: string, origin: InvocationOrigin): string | undefined {
  switch (key.toLowerCase()) {
    case 'aws:sourcearn':
      return origin.sourceArn;
    case 'aws:sourceaccount':
      return origin.sourceAccount;
    default:
      return undefined;
  }
}

function holds(operator: string, wanted: string, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  switch (operator) {
    case 'StringEquals':
      return wanted === actual;
    case 'ArnLike':
      return arnMatches(wanted, actual);
    default:
      return false;
  }
}
