/** Status codes of Close frames (RFC 6455 section 7.4). */
export const NORMAL = 1000;
export const GOING_AWAY = 1001;
export const PROTOCOL_ERROR = 1002;
export const UNSUPPORTED_DATA = 1003;
/** Never on the wire: the peer's Close frame had no code. */
export const NO_STATUS = 1005;
/** Never on the wire: the connection ended without a Close frame. */
export const ABNORMAL = 1006;
export const INVALID_PAYLOAD = 1007;
export const TOO_BIG = 1009;
export const INTERNAL_ERROR = 1011;

/** What a Close frame may carry: the registered codes that are meant for the wire, and those of libraries and applications. */
export function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL) || (code >= 3000 && code <= 4999);
}
