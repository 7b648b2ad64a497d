export {
  ACK, CANCEL, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, type ErrorCode, FLOW_CONTROL_ERROR, FRAME_HEAD, FRAME_OCTETS,
  FRAME_OCTETS_MOST, FRAME_SIZE_ERROR, GOAWAY, HEADERS, HTTP_1_1_REQUIRED, INTERNAL_ERROR, NO_ERROR, PADDED, PING, PREFACE, PRIORITISED, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE,
  readUint31, readUint32, REFUSED_STREAM, RST_STREAM, SETTINGS, SETTINGS_ENABLE_CONNECT_PROTOCOL, SETTINGS_ENABLE_PUSH, SETTINGS_HEADER_TABLE_SIZE,
  SETTINGS_INITIAL_WINDOW_SIZE, SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_MAX_FRAME_SIZE, SETTINGS_MAX_HEADER_LIST_SIZE, STREAM_CLOSED, WINDOW, WINDOW_MOST,
  WINDOW_UPDATE, writeFrameHead, writeUint32,
} from './frame.ts';
export { Inflow, Outflow, type Sender } from './flow.ts';
export { BLOCK, BLOCK_PART, BROKEN, DATA_HEAD, DATA_PIECE, FRAME, FrameReader, MORE } from './frame-reader.ts';
export { FrameWriter } from './frame-writer.ts';
export type { Octets } from './head-octets.ts';
export { HpackDecoder } from './hpack-decoder.ts';
export { HpackEncoder } from './hpack-encoder.ts';
export { PeerSettings } from './peer-settings.ts';
export { ResetStreams } from './reset-streams.ts';
export { SectionReader } from './section-reader.ts';
export { RequestFields, type FieldSectionLimits } from './request-fields.ts';
export { ResponseFields } from './response-fields.ts';
export { TrailerFields } from './trailer-fields.ts';
