import { conditionHolds, type ConditionKeys } from './condition.ts';
import { arnMatches, matchesGlob } from '../kernel/index.ts';
import type { PolicyDocument, PolicyStatement, Principal } from './policy.ts';

export interface AccessRequest {
  /** `execute-api:Invoke`. */
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  /** Who asks, for policies that name principals; null where they do not. */
  readonly principal: Principal | null;
  readonly keys: ConditionKeys;
}

/** `implicit`: no statement says anything, so that nothing is allowed. */
export type Decision = 'allow' | 'deny' | 'implicit';

/** What the policies together say. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export function decide(policies: readonly PolicyDocument[], request: AccessRequest): Decision {
  let allowed = false;
  for (const { statements } of policies) {
    for (const statement of statements) {
      if (statement.effect === 'Deny') {
        if (applies(statement, request, true)) return 'deny';
      } else if (!allowed && applies(statement, request, false)) allowed = true;
    }
  }
  return allowed ? 'allow' : 'implicit';
}

/** `doubtful`: what becomes of a condition that nobody can evaluate. */
function applies(statement: PolicyStatement, request: AccessRequest, doubtful: boolean): boolean {
  const { actions, resources, principal, conditions } = statement;
  const action = request.action.toLowerCase();
  if (actions.globs.some((glob) => matchesGlob(glob, action)) === actions.not) return false;
  if (resources !== null && resources.globs.some((glob) => resourceMatches(glob, request.resource)) === resources.not) return false;
  if (principal !== null && principal.principals.some((one) => isPrincipal(one, request.principal)) === principal.not) return false;
  return conditions.every(([operator, key, values]) => conditionHolds(operator, request.keys(key), values) ?? doubtful);
}

/** In a resource a `*` reaches over colons too: `arn:aws:execute-api:*` is seen in policies. */
function resourceMatches(glob: string, resource: string): boolean {
  return matchesGlob(glob, resource);
}

function isPrincipal(wanted: Principal, actual: Principal | null): boolean {
  if (wanted.kind === 'anyone') return true;
  if (actual === null || actual.kind === 'anyone' || actual.kind !== wanted.kind) return false;
  if (wanted.id === actual.id) return true;
  if (wanted.kind !== 'AWS') return false;
  // an account, by its number or its root: everyone in it
  const account = /^\d{12}$/.test(wanted.id) ? wanted.id : /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(wanted.id)?.[1];
  if (account !== undefined) return actual.id.split(':')[4] === account;
  // a role stands for its sessions
  const role = /^(arn:aws[a-z-]*):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(wanted.id);
  return role !== null && arnMatches(`${role[1]}:sts::${role[2]}:assumed-role/${role[3]}/*`, actual.id);
}
