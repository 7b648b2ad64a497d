/** See README.md. */
export { linkFixedResponse, type FixedResponseAction } from './fixed-response/fixed-response.ts';
export { linkRedirect, type RedirectAction } from './redirect/redirect.ts';
