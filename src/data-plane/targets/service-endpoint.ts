import { signHeaders } from '../../aws/sigv4/index.ts';

/** Where AWS services other than our own are, and who we are there. */
export interface ServiceEndpoint {
  /** `http://127.0.0.1:4566`, without a slash at its end: one endpoint for all of them, as tools that stand in for AWS have. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secret: string;
}

export interface UnsignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Before a query, as it is or encoded: what URLs resolve (https://url.spec.whatwg.org/#double-dot-path-segment). */
const DOT_SEGMENT = /^[^?]*\/(?:\.|%2e){1,2}(?:[/?]|$)/i;

/** Whether an address is not where it seems to be: what a client says must not lead to another place than the one that was configured. */
export function leavesItsPlace(url: string): boolean {
  return DOT_SEGMENT.test(url);
}

/** The headers that sign a request. */
export function signature({ accessKeyId, secret }: ServiceEndpoint, request: UnsignedRequest, at: { readonly service: string; readonly region: string; readonly now: number }): Readonly<Record<string, string>> {
  const { host, pathname, search } = new URL(request.url);
  const signed = signHeaders(
    { method: request.method, url: `${pathname}${search}`, headers: [['host', host], ...Object.entries(request.headers)], body: request.body },
    { accessKeyId, secret, ...at },
  );
  return Object.fromEntries(signed.headers);
}
