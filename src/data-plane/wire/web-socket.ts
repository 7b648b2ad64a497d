import { createHash } from 'node:crypto';
import { CONNECTION, UPGRADE } from './field-name.ts';
import { equalsIgnoringCase, type FieldLines } from './field-lines.ts';

/** A nonce of 16 octets in base64 (RFC 6455 section 4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * Whether the fields ask to switch to WebSocket, and to nothing else (RFC 6455 section 4.2.1): exactly one Upgrade that says exactly `websocket`,
 * `upgrade` among the options of Connection, one key. The version is left to whoever speaks it, who answers 426 to one that he does not know.
 */
export function asksForWebSocket(fields: FieldLines): boolean {
  if (!switchesToWebSocket(fields)) return false;
  const key = fields.find('sec-websocket-key');
  return key !== -1 && fields.find('sec-websocket-key', key + 1) === -1 && KEY.test(fields.value(key));
}

/** Whether the fields of a request or of a 101 name WebSocket alone as the protocol to switch to. */
export function switchesToWebSocket(fields: FieldLines): boolean {
  let protocols = 0;
  let option = false;
  for (let i = 0; i < fields.count; i++) {
    const field = fields.known[i];
    if (field === UPGRADE) {
      if (++protocols > 1 || fields.valueEnd[i]! - fields.valueStart[i]! !== 9 || !equalsIgnoringCase(fields.text, fields.valueStart[i]!, 'websocket')) return false;
    } else if (field === CONNECTION) option ||= /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i.test(fields.value(i));
  }
  return option && protocols === 1;
}

/** Value of Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455 section 4.2.2). */
export function webSocketAccept(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
