import type { Listener } from '../../resources/elbv2/index.ts';
import type { Transaction } from '../../store/index.ts';

/** A listener goes with its rules. */
export function removeListener(transaction: Transaction, listener: Listener): void {
  for (const rule of transaction.children('elbv2/rule', listener.id)) transaction.delete('elbv2/rule', rule.id);
  transaction.delete('elbv2/listener', listener.id);
}
