import type { Route } from './route.ts';

/** A front door: what is bound, what is spoken there, and the routes behind it. */
export interface Listener {
  /** ARN of the listener: the identity that survives from one snapshot to the next. */
  readonly id: string;
  /** ARN of the load balancer (API, distribution) that it belongs to. */
  readonly owner: string;
  /** The owner's name as access logs spell it: `app/my-lb/50dc6c495c0c9188`. */
  readonly ownerLabel: string;
  readonly bindings: readonly Binding[];
  readonly protocol: 'http' | 'https';
  /** Exactly when `protocol` is https. */
  readonly tls: Tls | null;
  readonly http: HttpSettings;
  /** In order of precedence: the first that matches serves. */
  readonly routes: readonly Route[];
  /** What serves when no route matches. */
  readonly fallback: Route;
  readonly accessLog: AccessLog | null;
  /** Log of its connections, and of the checks of its targets. Members that are not there where there is no log, as with most listeners: they are many. */
  readonly connectionLog?: AccessLog;
  readonly healthLog?: AccessLog;
}

/** An address to listen on. Several listeners may share one; then the request's host tells them apart. */
export interface Binding {
  /** IPv4 or IPv6 literal. */
  readonly address: string;
  /** The port that is bound. */
  readonly port: number;
  /** The port that the configuration says; differs where the process may not bind low ports. Shown to targets and logs. */
  readonly advertisedPort: number;
  /** Lower-case host names by which this listener claims requests on a shared address; `*` alone claims what nobody else does. */
  readonly hosts: readonly string[];
}

export interface Tls {
  /** Name of the security policy, for logs and explain. */
  readonly policy: string;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** OpenSSL names in order of preference, TLS 1.3 suites first; where versions before 1.2 are offered, `@SECLEVEL=0` comes last. Joined by colons: OpenSSL's cipher list. */
  readonly ciphers: readonly string[];
  /** Ids into `Snapshot.certificates`; the first serves whom no other matches. */
  readonly certificates: readonly string[];
  /** Key exchange groups, as OpenSSL's list: colons between equals, a slash before those that are taken only when none before it is shared. */
  readonly groups: string;
  /** Protocols offered by ALPN, in order of preference. */
  readonly alpn: readonly string[];
  /** What becomes of clients' certificates; null: none is asked for. */
  readonly clients: ClientAuthentication | null;
}

/** Mutual TLS: asked for and passed on unseen, or asked for, required and verified. */
export type ClientAuthentication = { readonly kind: 'passthrough' } | ClientVerification;

export interface ClientVerification {
  readonly kind: 'verify';
  /** ARN of the trust store (of a custom domain of APIs: the domain's), which certificates that passed carry with them. */
  readonly trustStore: string;
  /** What becomes of a client without a valid certificate: its connection ends (balancers), or its requests are refused by what they reach (custom domains). */
  readonly refuses: 'connections' | 'requests';
  /** PEM, one certificate each: a chain that reaches any of them is trusted. */
  readonly authorities: readonly string[];
  /** PEM, one list each. */
  readonly revocations: readonly string[];
  /** A client's own certificate may have expired. */
  readonly ignoreExpiry: boolean;
  /** Tells clients the names of the authorities, so that they can choose among their certificates. */
  readonly advertiseNames: boolean;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

export interface Certificate {
  /** ARN. */
  readonly id: string;
  /** PEM: the leaf first, then its chain. */
  readonly chain: string;
  /** PEM, PKCS #8. Secret: snapshots are kept readable by their owner only, and printed redacted. */
  readonly privateKey: string;
  /** Lower-case names it is valid for, wildcards as `*.example.com`. */
  readonly names: readonly string[];
}

/** How HTTP is spoken on a listener. Times in milliseconds. */
export interface HttpSettings {
  /** Longest silence on either side while a request is under way (`idle_timeout.timeout_seconds`). */
  readonly idleTimeoutMs: number;
  /** Longest life of a client connection (`client_keep_alive.seconds`). */
  readonly keepAliveMs: number;
  /** Remove header fields whose names AWS calls invalid, instead of passing them (`routing.http.drop_invalid_header_fields.enabled`). */
  readonly dropInvalidHeaders: boolean;
  /** Pass `Host` as received (`routing.http.preserve_host_header.enabled`); otherwise it names the target for HTTP/1.1 without a port of its own. */
  readonly preserveHost: boolean;
  /** `routing.http.xff_header_processing.mode`. */
  readonly forwardedFor: 'append' | 'preserve' | 'remove';
  /** Write `address:port` (`routing.http.xff_client_port.enabled`). */
  readonly forwardedForPort: boolean;
  /** `routing.http.desync_mitigation_mode`. */
  readonly desync: 'monitor' | 'defensive' | 'strictest';
  /** `routing.http.x_amzn_tls_version_and_cipher_suite.enabled`. */
  readonly tlsHeaders: boolean;
  /** `routing.http.response.server.enabled`: pass the target's `Server` field, and send our own where we answer ourselves. */
  readonly serverHeader: boolean;
  /** Fields that every answer gets in place of the target's own (`routing.http.response.*.header_value`). */
  readonly responseFields: readonly ResponseField[];
  /** How the fields about TLS are called (`routing.http.request.*.header_name`). */
  readonly fieldNames: RequestFieldNames;
}

export interface ResponseField {
  readonly name: string;
  readonly value: string;
}

export interface RequestFieldNames {
  readonly tlsVersion: string;
  readonly tlsCipherSuite: string;
  /** Those about the client's certificate. */
  readonly serialNumber: string;
  readonly issuer: string;
  readonly subject: string;
  readonly validity: string;
  readonly leaf: string;
  readonly chain: string;
}

export const PLAIN_FIELD_NAMES: RequestFieldNames = {
  tlsVersion: 'X-Amzn-Tls-Version', tlsCipherSuite: 'X-Amzn-Tls-Cipher-Suite', serialNumber: 'X-Amzn-Mtls-Clientcert-Serial-Number', issuer: 'X-Amzn-Mtls-Clientcert-Issuer',
  subject: 'X-Amzn-Mtls-Clientcert-Subject', validity: 'X-Amzn-Mtls-Clientcert-Validity', leaf: 'X-Amzn-Mtls-Clientcert-Leaf', chain: 'X-Amzn-Mtls-Clientcert',
};

/** A log in ALB's layout: of requests, of connections or of health checks. */
export interface AccessLog {
  /** Folder key: bucket, then prefix, then AWS's own layout: `bucket/prefix/AWSLogs/account/elasticloadbalancing/region`. */
  readonly path: string;
  /** Start of the file name: `account_elasticloadbalancing_region_app.name.id`, behind a word for what is no access log. */
  readonly file: string;
}
