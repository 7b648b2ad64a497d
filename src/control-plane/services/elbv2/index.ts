export { elbv2Parity, type ParityNote } from './parity.ts';
export { elbv2Service } from './service.ts';
export { ELBV2_MEMBERS } from './members.ts';
export { TRUST_STORE_PATH, trustStoreContent } from './trust-store-content.ts';
