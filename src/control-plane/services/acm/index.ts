export { localAuthority } from './authority.ts';
export { acmParity } from './parity.ts';
export { acmService } from './service.ts';
