/** What TLS tests borrow of those of HTTP/1.1. */
export { ask, RawClient } from '../http1/client.ts';
