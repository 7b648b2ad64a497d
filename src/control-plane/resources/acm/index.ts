/** The nouns of acm, by kind. Each has a file of its own in this folder. */
import type { AccountConfiguration } from './account-configuration.ts';
import type { Authority } from './authority.ts';
import type { Certificate } from './certificate.ts';

export { type AccountConfiguration } from './account-configuration.ts';
export { LOCAL_AUTHORITY, type Authority } from './authority.ts';
export { certificateArn, fullChain, type Certificate, type DomainValidation, type KeyAlgorithm } from './certificate.ts';

export interface AcmResources {
  'acm/account-configuration': AccountConfiguration;
  'acm/authority': Authority;
  'acm/certificate': Certificate;
}
