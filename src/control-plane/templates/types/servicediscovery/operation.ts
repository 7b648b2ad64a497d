import type { CallOperation } from '../resource-type.ts';

/** What most of Cloud Map's operations answer: done at once here, but said by GetOperation. */
export async function targetsOf(call: CallOperation, { OperationId }: { readonly OperationId: string }): Promise<Readonly<Record<string, string>>> {
  const { Operation } = await call('servicediscovery', 'GetOperation', { OperationId });
  if (Operation.Status !== 'SUCCESS') throw new Error(`Operation ${OperationId} is ${Operation.Status}: ${Operation.ErrorMessage ?? 'no reason given'}`);
  return Operation.Targets as Readonly<Record<string, string>>;
}
