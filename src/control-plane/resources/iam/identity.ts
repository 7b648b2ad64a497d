import type { Random } from '../../../kernel/index.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** IAM is one for all regions. */
export const GLOBAL = 'global';

/** Prefixes of unique ids: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export type IdPrefix = 'AROA' | 'AIDA' | 'ANPA' | 'AIPA' | 'AKIA' | 'ASIA' | 'ASCA';

/** `AROA` and 17 characters, or (access keys) `AKIA` and 16. */
export function uniqueId(random: Random, prefix: IdPrefix): string {
  const length = prefix === 'AKIA' || prefix === 'ASIA' ? 16 : 17;
  return prefix + Array.from(random.bytes(length), (byte) => BASE32[byte % 32]).join('');
}

/** `arn:aws:iam::ACCOUNT:role/path/name`. */
export function iamArn(account: string, type: 'role' | 'user' | 'policy' | 'instance-profile' | 'server-certificate', [path, name]: readonly [string, string]): string {
  return `arn:aws:iam::${account}:${type}${path}${name}`;
}
