export { errorReply } from './http1/error-page.ts';
export { BoundSocket, type BoundAddress, type Tenant } from './bound-socket.ts';
export { CertificateContexts, type CertificateChoice } from './certificates.ts';
export { Http1Worker } from './http1/worker.ts';
export { readsInPlace } from './accept.ts';
