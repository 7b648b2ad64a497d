export { ChunkedDecoder, chunkHead } from './chunked.ts';
export { cut, endToEnd, fieldSet, runsOf, type Cut, HOP_BY_HOP, type FieldSet } from './end-to-end.ts';
export { FieldLines, equalsIgnoringCase, type FieldLimits } from './field-lines.ts';
export { CLIENT_CERTIFICATE, CONNECTION, CONTENT_LENGTH, EXPECT, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, HOST_FIELD, IDENTITY_FIELD, SERVER, TRACE_ID, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT } from './field-name.ts';
export {
  BAD_EXPECT, BAD_LENGTH, BAD_METHOD, BAD_PSEUDO_FIELD, FIELD_TOO_LONG, HEAD_TOO_LARGE, INCOMPLETE, OK, START_LINE_TOO_LONG, TOO_MANY_FIELDS, UNSUPPORTED_TRANSFER_CODING,
  UNSUPPORTED_VERSION, flawName, type Flaw,
} from './flaw.ts';
export { RequestHead, type HeadLimits } from './request-head.ts';
export { ResponseHeadParser } from './response-head.ts';
export { reasonPhrase, statusLine } from './status.ts';
export { asksForWebSocket, switchesToWebSocket, webSocketAccept } from './web-socket.ts';
export {
  ABNORMAL, BINARY, CLOSE, closePayload, controlFrame, frameHead, FrameReader, GOING_AWAY, INTERNAL_ERROR, INVALID_PAYLOAD, mayBeSent, messageFrames, NO_STATUS, NORMAL, PING, PONG,
  PROTOCOL_ERROR, TEXT, TOO_BIG, UNSUPPORTED_DATA, type FrameHearer, type FrameLimits,
} from './websocket/index.ts';
