export { storedCredentials } from './credentials.ts';
export { parsePolicy, type Principal, type Statement } from './document.ts';
export { iamService } from './service.ts';
