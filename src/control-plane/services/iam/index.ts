export { storedCredentials } from './credentials.ts';
export { parsePolicy, type Principal, type Statement } from './document.ts';
export { iamService } from './service.ts';
export { IAM_MEMBERS } from './members.ts';
