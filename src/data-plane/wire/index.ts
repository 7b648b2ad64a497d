export { ChunkedDecoder, chunkHead } from './chunked.ts';
export { cut, endToEnd, fieldSet, type Cut, HOP_BY_HOP, type FieldSet } from './end-to-end.ts';
export { FieldLines, equalsIgnoringCase, type FieldLimits } from './field-lines.ts';
export { CONNECTION, CONTENT_LENGTH, EXPECT, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, HOST_FIELD, IDENTITY_FIELD, SERVER, TRACE_ID, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT } from './field-name.ts';
export {
  BAD_EXPECT, BAD_LENGTH, BAD_METHOD, BAD_PSEUDO_FIELD, FIELD_TOO_LONG, HEAD_TOO_LARGE, INCOMPLETE, OK, START_LINE_TOO_LONG, TOO_MANY_FIELDS, UNSUPPORTED_TRANSFER_CODING,
  UNSUPPORTED_VERSION, flawName, type Flaw,
} from './flaw.ts';
export { RequestHead, type HeadLimits } from './request-head.ts';
export { ResponseHeadParser } from './response-head.ts';
export { reasonPhrase, statusLine } from './status.ts';
export {
  ACK, CANCEL, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, type ErrorCode, FLOW_CONTROL_ERROR, FRAME_HEAD, FRAME_OCTETS,
  FRAME_OCTETS_MOST, FRAME_SIZE_ERROR, GOAWAY, HEADERS, HTTP_1_1_REQUIRED, INTERNAL_ERROR, NO_ERROR, PADDED, PING, PREFACE, PRIORITISED, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE,
  readUint31, readUint32, REFUSED_STREAM, RST_STREAM, SETTINGS, SETTINGS_ENABLE_CONNECT_PROTOCOL, SETTINGS_ENABLE_PUSH, SETTINGS_HEADER_TABLE_SIZE,
  SETTINGS_INITIAL_WINDOW_SIZE, SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_MAX_FRAME_SIZE, SETTINGS_MAX_HEADER_LIST_SIZE, STREAM_CLOSED, WINDOW, WINDOW_MOST,
  WINDOW_UPDATE, writeFrameHead, writeUint32,
} from './http2/frame.ts';
export { HpackDecoder } from './http2/hpack-decoder.ts';
export { HpackEncoder } from './http2/hpack-encoder.ts';
export { RequestFields, type FieldSectionLimits } from './http2/request-fields.ts';
export { ResponseFields } from './http2/response-fields.ts';
export { TrailerFields } from './http2/trailer-fields.ts';
export { asksForWebSocket, switchesToWebSocket, webSocketAccept } from './web-socket.ts';
export {
  ABNORMAL, BINARY, CLOSE, closePayload, controlFrame, frameHead, FrameReader, GOING_AWAY, INTERNAL_ERROR, INVALID_PAYLOAD, mayBeSent, messageFrames, NO_STATUS, NORMAL, PING, PONG,
  PROTOCOL_ERROR, TEXT, TOO_BIG, UNSUPPORTED_DATA, type FrameHearer, type FrameLimits,
} from './websocket/index.ts';
