import type { Measured } from '../process.ts';

/** What a contender is asked to serve. */
export interface Job {
  readonly port: number;
  /** Plain HTTP on loopback, kept alive. */
  readonly backendPort: number;
  /** HTTP/2 with prior knowledge on loopback: answers gRPC calls. */
  readonly grpcPort: number;
  /** The same, from a server that uses the table of HPACK; nobody listens where there is no nghttpd. */
  readonly indexingPort: number;
  /** A folder of its own for configuration and logs. */
  readonly folder: string;
  readonly certificate: Certificate;
}

/** PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  /** Both in one file, as HAProxy wants them. */
  readonly bundle: string;
}

export type Mode =
  /** Proxies to the backend. */
  | 'http'
  | 'http-with-access-log'
  | 'tls'
  /** TLS, and HTTP/2 to the backend that answers gRPC. */
  | 'grpc'
  /** Answers from memory. */
  | 'fixed';

export interface Contender {
  /** As the table says: `haproxy bare`. */
  readonly label: string;
  /** Whose process it is; ratios are taken against `haproxy` and `nginx`. */
  readonly program: string;
  /** Null: not on this machine, with the reason in `absent`. */
  readonly version: string | null;
  start(job: Job): Promise<Served>;
}

export interface Served {
  readonly running: Measured;
  /** `Host` to send; null: any. */
  readonly host: string | null;
  /** Its control endpoint, where it has one and the row calls it. */
  readonly endpoint?: string;
  /** To send besides. */
  readonly headers?: Readonly<Record<string, string>>;
}
