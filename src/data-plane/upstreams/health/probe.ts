import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { HealthCheck } from '../../../snapshot/index.ts';
import { INCOMPLETE, OK, ResponseHeadParser, flawName } from '../../wire/index.ts';
import { Http2Probe } from './http2-probe.ts';
import type { CheckOutcome } from './verdict.ts';

export interface CheckAddress {
  /** IP literal. */
  readonly address: string;
  readonly port: number;
}

/** Stops a check that is no longer wanted: its `done` is not called after. */
export type CancelCheck = () => void;

/** Performs one check and calls `done` once. Time is the caller's business. */
export type Probe = (at: CheckAddress, check: HealthCheck, done: (outcome: CheckOutcome) => void) => CancelCheck;

const MOST_HEAD = 65_536;
const LIMITS = { fields: 256, line: 16_384, startLine: 16_384 };
const SWITCHING_PROTOCOLS = 101;

/**
 * A connection a check, as AWS makes them: a GET with the address and port of the target as its host, closed after its answer. Only the head of the
 * answer is waited for. Certificates of targets are not verified (ELB user guide, "Target groups", HTTPS).
 */
export function socketProbe(): Probe {
  // one is enough: a head is parsed and used within one callback
  const head = new ResponseHeadParser(LIMITS);
  return (at, check, done) => {
    let over = false;
    const end = (outcome: CheckOutcome | null): void => {
      if (over) return;
      over = true;
      socket.destroy();
      if (outcome !== null) done(outcome);
    };
    const socket = open(at, check);
    socket.setNoDelay(true);
    socket.on('error', (error) => end({ kind: 'failed', why: error.message }));
    socket.on('close', () => end({ kind: 'failed', why: 'the target closed the connection before its answer was complete' }));
    socket.on(check.protocol === 'https' ? 'secureConnect' : 'connect', () => {
      if (check.protocol === 'tcp') end({ kind: 'connected' });
      else if (http2 !== null) http2.ask(at, check);
      else socket.write(requestOf(at, check), 'latin1');
    });
    const http2 = check.protocol !== 'tcp' && check.version !== 'http1' ? new Http2Probe(socket, check, end) : null;
    if (check.protocol !== 'tcp' && http2 === null) {
      let text = '';
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        const outcome = answerIn(text, head);
        if (outcome !== null) end(outcome);
      });
    }
    return () => end(null);
  };
}

function open({ address, port }: CheckAddress, check: HealthCheck): Socket {
  if (check.protocol !== 'https') return connect({ host: address, port });
  // balancers speak to old targets too: ELBSecurityPolicy-2016-08, which AWS uses towards targets, begins at TLS 1.0
  return connectTls({ host: address, port, ...(check.version === 'http1' ? {} : { ALPNProtocols: ['h2'] }), rejectUnauthorized: false, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' });
}

/** The fields that ALB sends (observed). */
function requestOf({ address, port }: CheckAddress, check: HealthCheck): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `GET ${check.path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n`;
}

/** Null: more must be read. Interim answers (1xx) are passed over. */
function answerIn(text: string, head: ResponseHeadParser): CheckOutcome | null {
  const octets = Buffer.from(text, 'latin1');
  for (let start = 0; ; start += head.fields.end) {
    const flaw = head.parse(octets, start, octets.length);
    if (flaw === INCOMPLETE) return text.length > MOST_HEAD ? { kind: 'failed', why: `the head of the answer exceeds ${MOST_HEAD} bytes` } : null;
    if (flaw !== OK) return { kind: 'failed', why: `the answer is malformed: ${flawName(flaw)}` };
    if (head.status >= 200 || head.status === SWITCHING_PROTOCOLS) return { kind: 'status', status: head.status };
  }
}
