export { managementParity } from './parity.ts';
export { managementService } from './service.ts';
