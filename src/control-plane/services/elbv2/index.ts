export { elbv2Parity, type ParityNote } from './parity.ts';
export { elbv2Service } from './service.ts';
