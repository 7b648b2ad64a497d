export { ChunkedDecoder, chunkHead } from './chunked.ts';
export { COMPLIANT, isAllowed, mended, verdictOn, type Mended, type Tier, type TierReason, type Verdict as TierVerdict } from './desync.ts';
export { cut, endToEnd, fieldSet, runsOf, type Cut, HOP_BY_HOP, type FieldSet } from './end-to-end.ts';
export { FieldLines, equalsIgnoringCase, type FieldLimits } from './field-lines.ts';
export { CLIENT_CERTIFICATE, CONNECTION, CONTENT_LENGTH, CORS_FIELD, EXPECT, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, HOST_FIELD, IDENTITY_FIELD, ISOLATED, SERVER, TRACE_ID, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT } from './field-name.ts';
export {
  BAD_CONTENT_LENGTH, BAD_EXPECT, BAD_LENGTH, BAD_PSEUDO_FIELD, BAD_FIELD_NAME, BAD_FIELD_VALUE, BAD_METHOD, BAD_START_LINE, BAD_TARGET, BAD_TRANSFER_ENCODING, BAD_VERSION, BARE_LINE_BREAK, CODING_IN_OLD_VERSION,
  DUPLICATE_CONTENT_LENGTH, FIELD_TOO_LONG, FOLDED_FIELD, HEAD_TOO_LARGE, INCOMPLETE, LENGTH_AND_CODING, OK, START_LINE_TOO_LONG, SUSPICIOUS_FIELD_NAME, TOO_MANY_FIELDS,
  UNSUPPORTED_TRANSFER_CODING, UNSUPPORTED_VERSION, flawName, type Flaw,
} from './flaw.ts';
export { RequestHead, type HeadLimits } from './request-head.ts';
export { ResponseHeadParser } from './response-head.ts';
export { reasonPhrase, statusLine } from './status.ts';
export { asksForWebSocket, switchesToWebSocket, webSocketAccept } from './web-socket.ts';
export {
  ABNORMAL, BINARY, CLOSE, closePayload, controlFrame, frameHead, FrameReader, GOING_AWAY, INTERNAL_ERROR, INVALID_PAYLOAD, mayBeSent, messageFrames, NO_STATUS, NORMAL, PING, PONG,
  PROTOCOL_ERROR, TEXT, TOO_BIG, UNSUPPORTED_DATA, type FrameHearer, type FrameLimits,
} from './websocket/index.ts';
