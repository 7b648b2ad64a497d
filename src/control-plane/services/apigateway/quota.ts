import type { Environment } from '../environment.ts';
import { limitExceeded } from './error.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const QUOTAS = { 'api-keys': 10_000, 'usage-plans': 300, 'usage-plans-per-api-key': 10 } as const;

/** Refuses one more where there are as many as there may be. */
export function checkQuota({ limits }: Pick<Environment, 'limits'>, name: keyof typeof QUOTAS, present: number): void {
  const most = limits.value(name, QUOTAS[name]);
  if (present >= most) throw limitExceeded(`Maximum number of ${name.replaceAll('-', ' ')} has been reached: ${most}. The limits of the installation say how many there may be.`);
}
