export { issue as issueLocally, localAuthority } from './authority.ts';
export { imported, Unfit, type Imported } from './imported.ts';
export { usersOf } from './lookup.ts';
export { acmParity } from './parity.ts';
export { acmService } from './service.ts';
export { ACM_MEMBERS } from './members.ts';
