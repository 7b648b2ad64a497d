import type { Certificate, WebSocketLimits } from '../../snapshot/index.ts';

/** What the compiler has to know about the machine that serves: which addresses, which ports, what time it is. */
export interface Installation {
  /** IP literals on which internet-facing load balancers are served together. */
  readonly addresses: readonly string[];
  /** The same for internal load balancers. */
  readonly internalAddresses: readonly string[];
  /** Where dualstack load balancers are served besides: by IPv4 address of the two lists, the IPv6 address that goes with it. */
  readonly ipv6Counterparts: Readonly<Record<string, string>>;
  /** Added to ports below 1024 where the process may not bind those (80 -> 8080); 0 where it may. */
  readonly portOffset: number;
  /** Whether each balancer is served on its own address too. */
  readonly addressPool: boolean;
  /** What DNS names end in. */
  readonly dnsSuffix: string;
  /** Certificates for APIs' own names (`*.execute-api.REGION.SUFFIX`), by region. */
  readonly apiCertificates: Readonly<Record<string, Certificate>>;
  /** Of an account in a region. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
  readonly apiThrottle: { readonly rate: number; readonly burst: number };
  /** Beyond AWS: tags of stages may say that answers are kept. */
  readonly responseCache: boolean;
  readonly webSocketLimits: WebSocketLimits;
  /** WebSocket connections opened a second, of an account in a region. */
  readonly webSocketConnects: { readonly rate: number; readonly burst: number };
  /** Signatures that tokens may have: those that AWS verifies, or all that we do. */
  readonly jwtAlgorithms: 'aws' | 'all';
  /** Cognito domains (as in `UserPoolDomain`) that are served elsewhere than at AWS. */
  readonly cognitoDomains: Readonly<Record<string, CognitoDomain>>;
  /** Secrets of Cognito clients, by client id: AWS asks Cognito for them, we have to be told. */
  readonly cognitoSecrets: Readonly<Record<string, string>>;
  /** Wall clock in milliseconds: decides which draining targets are gone. */
  readonly now: number;
}

export const API_THROTTLE = { rate: 10_000, burst: 5_000 } as const;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const WEB_SOCKET_LIMITS: WebSocketLimits = { frameBytes: 32 * 1024, messageBytes: 128 * 1024, idleMs: 600_000, lifeMs: 7_200_000 };
/** The burst is not documented: as many as in a second. */
export const WEB_SOCKET_CONNECTS = { rate: 500, burst: 500 } as const;

export interface CognitoDomain {
  /** Without a slash at the end; `/oauth2/authorize` and so on come behind it. */
  readonly url: string;
  /** Null: that of the user pool at AWS. */
  readonly issuer: string | null;
}

export const LOW_PORTS = 1024;

/** An installation on loopback that may bind every port. */
export function localInstallation(now: number): Installation {
  return {
    addresses: ['127.0.0.1'], internalAddresses: ['127.0.0.1'], ipv6Counterparts: {}, portOffset: 0, addressPool: true, jwtAlgorithms: 'aws', cognitoDomains: {}, cognitoSecrets: {}, dnsSuffix: 'localhost', apiCertificates: {},
    apiThrottle: API_THROTTLE, responseCache: false, webSocketLimits: WEB_SOCKET_LIMITS, webSocketConnects: WEB_SOCKET_CONNECTS, now,
  };
}

/** The port that is bound for a port of the configuration. */
export function boundPort(port: number, installation: Pick<Installation, 'portOffset'>): number {
  return port < LOW_PORTS ? port + installation.portOffset : port;
}
