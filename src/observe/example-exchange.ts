import {
  Exchange, type BodySink, type Downstream, type LinkedRoute, type Reply, type ResponseHead,
} from '../data-plane/exchange/index.ts';
import { PLAIN_FIELD_NAMES, type Listener } from '../snapshot/index.ts';

/** An exchange made by hand: what an observer reads and nothing else. For tests. */
export class ExampleExchange extends Exchange {
  readonly committed = true;
  readonly ended = true;

  headers = '';

  get userAgent(): string | null {
    return this.header('user-agent');
  }

  head(): string {
    return '';
  }

  now(): number {
    return this.startedAt;
  }

  header(name: string): string | null {
    return this.headerValues(name)[0] ?? null;
  }

  headerValues(name: string): readonly string[] {
    return this.headers
      .split('\r\n')
      .filter((line) => line.toLowerCase().startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trim());
  }

  endToEnd(_drop: number): string {
    return this.headers;
  }

  readInto(_sink: BodySink): void {
    throw new Error('an example has no body');
  }

  resumeRequest(): void {
    throw new Error('an example has no body');
  }

  readAll(_limit: number, done: (body: Buffer | null | 'too-large') => void): void {
    done(null);
  }

  reply(_reply: Reply): void {
    throw new Error('an example has ended');
  }

  fail(): void {
    throw new Error('an example has ended');
  }

  readonly webSocket = false;

  upgrade(): never {
    throw new Error('an example has ended');
  }

  respond(_head: ResponseHead): void {
    throw new Error('an example has ended');
  }

  send(): boolean {
    throw new Error('an example has ended');
  }

  inform(): void {
    throw new Error('an example has ended');
  }

  finish(): void {
    throw new Error('an example has ended');
  }

  mishap(_place: string, error: unknown): void {
    throw error;
  }

  forsake(): void {
    throw new Error('an example has ended');
  }
}

export const exampleDownstream: Downstream = {
  id: 0xab12,
  remoteAddress: '192.168.131.39',
  remotePort: 2817,
  localAddress: '10.0.0.30',
  localPort: 8080,
  advertisedPort: '80',
  remoteLabel: '192.168.131.39:2817',
  stamp: '', stampOwner: null, forwarded: '', forwardedFor: null, tls: null,
};

export const exampleTlsDownstream: Downstream = {
  ...exampleDownstream,
  advertisedPort: '443',
  tls: {
    version: 'TLSv1.2',
    cipher: 'ECDHE-RSA-AES128-GCM-SHA256',
    serverName: 'www.example.com',
    alpn: null, keyExchange: 'x25519', handshakeMs: 3, client: null,
    certificate: 'arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012',
  },
};

export function exampleRoute(priority: number, word: string, actions = word): LinkedRoute {
  return {
    route: { id: 'arn:rule', priority, conditions: [], policies: [], action: { kind: 'fixed-response', status: 200, contentType: null, body: '' } },
    steps: [],
    target: { word, serve: () => undefined },
    actions,
  };
}

export function exampleListener(protocol: 'http' | 'https'): Listener {
  return {
    id: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/my-loadbalancer/50dc6c495c0c9188/f2f7dc8efc522ab2',
    owner: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/my-loadbalancer/50dc6c495c0c9188',
    ownerLabel: 'app/my-loadbalancer/50dc6c495c0c9188',
    bindings: [],
    protocol,
    tls: null,
    http: {
      idleTimeoutMs: 60_000, keepAliveMs: 3_600_000, dropInvalidHeaders: false, preserveHost: false, forwardedFor: 'append', forwardedForPort: false,
      desync: 'defensive', tlsHeaders: false, serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
    },
    routes: [],
    fallback: exampleRoute(0, 'fixed-response').route,
    accessLog: {
      path: 'my-bucket/prefix/AWSLogs/123456789012/elasticloadbalancing/us-east-2',
      file: '123456789012_elasticloadbalancing_us-east-2_app.my-loadbalancer.50dc6c495c0c9188',
    },
  };
}
