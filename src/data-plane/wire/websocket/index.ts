export { ABNORMAL, GOING_AWAY, INTERNAL_ERROR, INVALID_PAYLOAD, mayBeSent, NO_STATUS, NORMAL, PROTOCOL_ERROR, TOO_BIG, UNSUPPORTED_DATA } from './close-code.ts';
export { BINARY, CLOSE, closePayload, controlFrame, frameHead, messageFrames, PING, PONG, TEXT } from './frame.ts';
export { FrameReader, type FrameHearer, type FrameLimits } from './frame-reader.ts';
