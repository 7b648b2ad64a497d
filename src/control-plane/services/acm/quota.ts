import { AwsError, type Call } from '../../../aws/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';

/** acm/latest/userguide/acm-limits.html: certificates of an account in a region, and names of a certificate. */
const CERTIFICATES = 2500;
const NAMES = 10;

export function checkQuota(world: World, environment: Environment, call: Call): void {
  const most = environment.limits.value('acm-certificates', CERTIFICATES);
  if (world.list('acm/certificate', call).length >= most) throw new AwsError('LimitExceededException', `Cannot have more than ${most} certificates`);
}

export function checkNames(names: readonly string[], environment: Environment): void {
  const most = environment.limits.value('domain-names-per-acm-certificate', NAMES);
  if (names.length > most) throw new AwsError('LimitExceededException', `Error: You have exceeded the limit of ${most} domain names per certificate`);
}
