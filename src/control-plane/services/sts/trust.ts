import type { Call } from '../../../aws/index.ts';
import type { Role } from '../../resources/iam/index.ts';
import { parsePolicy, type Principal, type Statement } from '../iam/index.ts';

/**
 * Whether the role's trust policy lets the caller assume it. Principals and actions are evaluated, and of conditions `sts:ExternalId`; a statement
 * with any other condition allows nothing, because what it demands cannot be checked.
 */
export function isTrusted(role: Role, call: Call, externalId: string | undefined): boolean {
  let allowed = false;
  for (const statement of parsePolicy(role.assumeRolePolicy)) {
    if (!concerns(statement, call)) continue;
    if (statement.effect === 'Deny') return false;
    if (conditionsHold(statement, externalId)) allowed = true;
  }
  return allowed;
}

function concerns(statement: Statement, call: Call): boolean {
  const covers = (action: string): boolean => new RegExp(`^${action.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test('sts:AssumeRole');
  const isNamed = statement.actions.length > 0 ? statement.actions.some(covers) : !statement.notActions.some(covers);
  return isNamed && statement.principals.some((principal) => isCaller(principal, call));
}

function isCaller(principal: Principal, call: Call): boolean {
  if (principal.value === '*') return principal.type === '*' || principal.type === 'AWS';
  if (principal.type !== 'AWS') return false;
  // An account, by number or as its root, means everybody in it.
  return principal.value === call.principal || principal.value === call.account || principal.value === `arn:aws:iam::${call.account}:root` || principal.value === roleArnOf(call.principal);
}

/** `arn:aws:sts::1:assumed-role/NAME/SESSION` calls as the role `arn:aws:iam::1:role/NAME`. */
function roleArnOf(principal: string): string | null {
  const match = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(principal);
  return match ? `arn:aws:iam::${match[1]}:role/${match[2]}` : null;
}

function conditionsHold(statement: Statement, externalId: string | undefined): boolean {
  return Object.entries(statement.conditions).every(([operator, keys]) =>
    Object.entries(keys as Record<string, unknown>).every(([key, value]) => {
      if (key.toLowerCase() !== 'sts:externalid' || operator !== 'StringEquals') return false;
      return (Array.isArray(value) ? (value as unknown[]) : [value]).includes(externalId);
    }),
  );
}
