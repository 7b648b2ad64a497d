/**
 * Everything that can go wrong with an exchange, as data: who caused it, what the client gets, what the access log says, and whether the
 * request may be tried again. `docs/faults.md` is tested against this table both ways.
 */
export interface Fault {
  readonly code: FaultCode;
  readonly origin: 'client' | 'gateway' | 'upstream';
  /** Status as ALB logs it (`elb_status_code`). 460 and 000 are never sent: the client is gone. */
  readonly status: number;
  /**
   * `never`; `unsent`: no byte of the request has left, so any method may be tried elsewhere; `idempotent`: it may have been seen, so only
   * methods that are idempotent (RFC 9110 section 9.2.2), and only before any byte of a response.
   */
  readonly retry: 'never' | 'unsent' | 'idempotent';
  /** ALB's `error_reason`, which it gives for Lambda targets and authentication only (`InternalError` is ours); else `-`. */
  readonly reason: string;
  /** For people: what happened. */
  readonly sentence: string;
}

export type FaultCode = keyof typeof TABLE;

type Row = readonly [origin: Fault['origin'], status: number, retry: Fault['retry'], reason: string, sentence: string];

const TABLE = {
  'bad-request': ['client', 400, 'never', '-', 'The request is malformed or ambiguous.'],
  'head-too-large': ['client', 400, 'never', '-', 'A header field or all of them exceed the limit of 16 KB a line and 64 KB in all.'],
  'target-too-long': ['client', 414, 'never', '-', 'The request line or the query exceeds 16 KB.'],
  'too-many-fields': ['client', 431, 'never', '-', 'The request has more header fields than the limit.'],
  'method-not-allowed': ['client', 405, 'never', '-', 'The method is TRACE, which load balancers refuse.'],
  'body-too-large': ['client', 413, 'never', '-', 'The target is a Lambda function and the request body exceeds 1 MB.'],
  'request-timeout': ['client', 408, 'never', '-', 'The client sent no data before the idle timeout expired.'],
  'client-closed': ['client', 460, 'never', '-', 'The client closed the connection before the answer was complete.'],
  'expectation-failed': ['client', 417, 'never', '-', 'Expect is not 100-continue.'],
  'too-many-forwarded': ['client', 463, 'never', '-', 'X-Forwarded-For has more than 30 addresses.'],
  'unsupported-transfer-coding': ['client', 501, 'never', '-', 'The transfer coding is not chunked.'],
  'version-not-supported': ['client', 505, 'never', '-', 'The version of HTTP is not 1.0 or 1.1.'],
  'protocol-mismatch': ['client', 464, 'never', '-', 'The version of HTTP of the request does not fit the protocol version of the target group.'],
  'http2-protocol': ['client', 400, 'never', '-', 'The client broke a rule of HTTP/2 that ends its connection.'],
  'http2-flood': ['client', 400, 'never', '-', 'The client reset more streams, or sent more frames that carry nothing, than HTTP/2 is used with.'],
  // the gateway's decision: the connection of who has to log in stays open
  'token-refused': ['gateway', 401, 'never', '-', 'The request carries no token that the configured keys, issuer and claims let in.'],
  'token-keys-unavailable': ['gateway', 500, 'never', '-', 'The keys that tokens are verified with cannot be had from their endpoint.'],
  'login-refused': ['gateway', 401, 'never', '-', 'The user is not logged in, or the login is not what it must be.'],
  'login-failed': ['gateway', 500, 'never', '-', 'The identity provider cannot be asked, or its answer cannot be kept.'],
  'login-denied': ['gateway', 561, 'never', '-', 'The identity provider has answered the login with an error.'],
  'no-healthy-target': ['gateway', 503, 'never', '-', 'The target group has no registered target that may be used.'],
  'unservable': ['gateway', 500, 'never', '-', 'The configuration of the route cannot be served.'],
  'transform-failed': ['gateway', 500, 'never', '-', 'A transform of the rule matched, but what it made is no host or URL.'],
  'too-many-connections': ['gateway', 503, 'never', '-', 'A limit on connections of this installation is reached.'],
  'connect-refused': ['upstream', 502, 'unsent', '-', 'The target refused or reset the connection while it was being established.'],
  'connect-timeout': ['upstream', 504, 'unsent', '-', 'The target did not accept the connection within 10 seconds.'],
  'connect-failed': ['upstream', 502, 'unsent', '-', 'The target could not be reached.'],
  'connect-tls': ['upstream', 502, 'unsent', '-', 'The TLS handshake with the target failed.'],
  'upstream-closed': ['upstream', 502, 'idempotent', '-', 'The target closed the connection before its answer was complete.'],
  'upstream-reset': ['upstream', 502, 'idempotent', '-', 'The target reset the connection before its answer was complete.'],
  'upstream-refused': ['upstream', 502, 'unsent', '-', 'The target has not looked at the request: its connection took no more of them.'],
  'upstream-malformed': ['upstream', 502, 'never', '-', 'The answer of the target is malformed or ambiguous.'],
  'upstream-head-too-large': ['upstream', 502, 'never', '-', 'The header of the answer exceeds the limit.'],
  'upstream-timeout': ['upstream', 504, 'never', '-', 'The target did not answer before the idle timeout expired.'],
  'lambda-failed': ['upstream', 502, 'never', 'LambdaUnhandled', 'The function failed.'],
  'internal': ['gateway', 500, 'never', 'InternalError', 'The program itself failed at it.'],
  'shutdown': ['gateway', 503, 'never', '-', 'The installation is stopping.'],
} as const satisfies Readonly<Record<string, Row>>;

export const faults: Readonly<Record<FaultCode, Fault>> = Object.freeze(
  Object.fromEntries(
    Object.entries(TABLE).map(([code, [origin, status, retry, reason, sentence]]) => [
      code,
      Object.freeze({ code: code as FaultCode, origin, status, retry, reason, sentence }),
    ]),
  ) as Record<FaultCode, Fault>,
);
