import { createSecureContext, type ConnectionOptions } from 'node:tls';
import type { Clock, Wheel } from '../../kernel/index.ts';
import { NO_BODY, untold, type Mishaps, type ResponseHead } from '../exchange/index.ts';
import { BulkBuffers, FrameBuffers, WriteTurn } from '../sockets/index.ts';
import { ResponseFields, TrailerFields } from '../wire/http2/index.ts';
import { ResponseHeadParser } from '../wire/index.ts';
import { SentBodies } from './connections/sent-bodies.ts';
import { ReceivedHead } from './received-head.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** Whether the certificates of HTTPS targets must come from an authority that is trusted. AWS: "the load balancer does not validate these certificates". */
export interface TargetTrust {
  readonly verify: boolean;
  /** PEM; null: those that Node.js trusts. */
  readonly authorities: readonly string[] | null;
}

export interface UpstreamWorkerOptions extends Partial<TargetTrust> {
  readonly mishaps?: Mishaps;
}

/** ALB's quotas for responses: 32 KB in all. The lines of one response are as long as those of requests may be. */
export const RESPONSE_HEAD_BYTES = 32 * 1024;

export function responseFields(): ResponseFields {
  return new ResponseFields({ size: RESPONSE_HEAD_BYTES + 200 * 32, fields: 200 });
}

/** What all connections to targets of one thread share: the read buffer, the parser's scratch, spare buffers for long bodies. */
export class UpstreamWorker {
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly authorities: readonly string[] | null;
  readonly mishaps: Mishaps;
  readonly readBuffer = Buffer.allocUnsafeSlow(64 * 1024);
  readonly head = new ResponseHeadParser({ fields: 200, line: RESPONSE_HEAD_BYTES, startLine: 8 * 1024 });
  /** Filled for each response; whoever is handed it reads it at once. */
  readonly response = new ReceivedHead();
  readonly writes = new WriteTurn();
  /** For HTTP/2: the scratch of field sections, and the buffers that frames are written into. */
  readonly streamed: Mutable<ResponseHead> = { status: 0, reason: '', headers: '', framing: NO_BODY, contentLength: 0, whole: null };
  readonly fields = responseFields();
  readonly trailers = new TrailerFields();
  readonly frames = new FrameBuffers();
  readonly sent = new SentBodies();
  readonly bulk = new BulkBuffers();

  /** How TLS is spoken to targets; one context for all, as making one costs more than a handshake. */
  readonly targetTls: Pick<ConnectionOptions, 'secureContext' | 'rejectUnauthorized' | 'checkServerIdentity'>;

  constructor(clock: Clock, wheel: Wheel, { verify = false, authorities = null, mishaps = untold }: UpstreamWorkerOptions = {}) {
    this.authorities = authorities;
    this.mishaps = mishaps;
    this.clock = clock;
    this.wheel = wheel;
    // as far back as ALB's policies for targets go: ELBSecurityPolicy-TLS13-1-0-2021-06 and ELBSecurityPolicy-2016-08
    const secureContext = createSecureContext({ minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0', ...(authorities === null ? {} : { ca: [...authorities] }) });
    // targets are registered by address: what their certificates are called is nothing that we could know
    this.targetTls = { secureContext, rejectUnauthorized: verify, checkServerIdentity: () => undefined };
  }
}
