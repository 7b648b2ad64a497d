/** The certificate that a client has shown, in the forms in which targets and logs are told of it. Each is made when it is first asked for. */
export interface ClientCertificate {
  /** What it has been verified against (`ClientVerification.trustStore`); null: it is only what the client says. */
  readonly verifiedBy: string | null;
  /** Hexadecimal, upper-case. */
  readonly serialNumber: string;
  /** Distinguished names as RFC 2253 writes them, ASCII. */
  readonly subject: string;
  readonly issuer: string;
  /** `NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z` */
  readonly validity: string;
  /** As OpenSSL writes times: `May 28 12:30:02 2019 GMT`. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** The client's own. */
  readonly pem: string;
  /** PEM, URL-encoded but for `+`, `=` and `/`: the client's own, and all that it has shown, its own first. */
  readonly leaf: string;
  readonly chain: string;
}

/**
 * Why a TLS connection did not come to be, as ALB's connection log says it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html#connection-error-reason-codes
 */
export type HandshakeFailureCode =
  | 'ClientCertMaxChainDepthExceeded'
  | 'ClientCertMaxSizeExceeded'
  | 'ClientCertCrlHit'
  | 'ClientCertCrlProcessingError'
  | 'ClientCertUntrusted'
  | 'ClientCertNotYetValid'
  | 'ClientCertExpired'
  | 'ClientCertTypeUnsupported'
  | 'ClientCertInvalid'
  | 'ClientCertPurposeInvalid'
  | 'UnmappedConnectionError';

/** A connection whose TLS handshake came to nothing. */
export interface FailedHandshake {
  /** From the numbers of connections: what would have been `Downstream.id`. */
  readonly id: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** See `Downstream.advertisedPort`. */
  readonly advertisedPort: string;
  readonly code: HandshakeFailureCode;
  /** For people. */
  readonly why: string;
  /** Of the connection as far as it got; `-` for what was not agreed on. */
  readonly version: string;
  readonly cipher: string;
  /** Group of the key exchange. */
  readonly keyExchange: string;
  readonly certificate: ClientCertificate | null;
}
