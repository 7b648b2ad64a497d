import { createHash } from 'node:crypto';

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** 16 octets in base64 (RFC 6455 section 4.1). */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

export interface Opening {
  readonly method: string;
  readonly upgrade: string | null;
  readonly connection: string | null;
  readonly key: string | null;
  readonly version: string | null;
}

/** Value of Sec-WebSocket-Accept for a client's opening handshake (RFC 6455 section 4.2.1), or what is wrong with it. */
export function acceptKey(opening: Opening): { readonly accept: string } | { readonly wrong: 'not-websocket' | 'version' | 'key' } {
  if (opening.method !== 'GET' || !hasToken(opening.upgrade, 'websocket') || !hasToken(opening.connection, 'upgrade')) return { wrong: 'not-websocket' };
  if (opening.version !== '13') return { wrong: 'version' };
  if (opening.key === null || !KEY.test(opening.key)) return { wrong: 'key' };
  return { accept: createHash('sha1').update(opening.key + GUID).digest('base64') };
}

function hasToken(list: string | null, token: string): boolean {
  return list !== null && list.split(',').some((entry) => entry.trim().toLowerCase() === token);
}
