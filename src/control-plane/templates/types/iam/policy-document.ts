import { documentText, type CallOperation } from '../resource-type.ts';

/** The principals that a policy hangs on, by the words of the API: role, user, group. */
export type Principal = 'Role' | 'User' | 'Group';
export const PRINCIPALS: readonly Principal[] = ['Role', 'User', 'Group'];

export interface PrincipalChange {
  readonly principal: Principal;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Per kind of principal, who had the policy and who is to have it. */
export function principalChanges(previous: Readonly<Record<string, readonly string[] | undefined>>, next: Readonly<Record<string, readonly string[] | undefined>>): readonly PrincipalChange[] {
  return PRINCIPALS.map((principal) => ({ principal, before: previous[`${principal}s`] ?? [], after: next[`${principal}s`] ?? [] }));
}

export async function putInline(call: CallOperation, on: { readonly principal: Principal; readonly name: string }, policy: { readonly name: string; readonly document: unknown }): Promise<void> {
  await call('iam', `Put${on.principal}Policy`, { [`${on.principal}Name`]: on.name, PolicyName: policy.name, PolicyDocument: documentText(policy.document) });
}

export async function deleteInline(call: CallOperation, on: { readonly principal: Principal; readonly name: string }, policyName: string): Promise<void> {
  await call('iam', `Delete${on.principal}Policy`, { [`${on.principal}Name`]: on.name, PolicyName: policyName });
}
