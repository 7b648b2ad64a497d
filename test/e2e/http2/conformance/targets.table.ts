import { ACK, block, E, END_HEADERS, END_STREAM, frame, PADDED, settings, T, uint32 } from '../raw.ts';
import { body, cancel, continuation, type Fields, headers, long, MARK, priority, update, WHOLE } from './client-frames.ts';
import { connectionCloses, connectionError, goAway, ping, pong, reset, settingsAcknowledged, streamError, type Case } from './judge.ts';

const at = Buffer.from;
const OK: Fields = [[':status', '200']];
/** An answer that is whole, and one that a body follows. */
const whole = headers(1, OK);
const begun = headers(1, OK, END_HEADERS);
const unknown = frame(0x16, 0, 0, Buffer.alloc(8));
const strayPing = frame(T.PING, 0, 3, Buffer.alloc(8));
const protocol = connectionError(E.PROTOCOL);
const size = connectionError(E.FRAME_SIZE);

/** What targets may say, and must not, to a client that has asked on stream 1: RFC 9113, section by section. */
export const TARGETS: readonly Case[] = [
  { section: '3.4', what: 'an answer', script: [whole, ping(MARK), pong(MARK)] },
  { section: '4.1', what: 'a frame of an unknown type', script: [unknown, ping(MARK), pong(MARK)] },
  { section: '4.1', what: 'flags that nobody knows', script: [frame(T.PING, 0x16, 0, MARK), pong(MARK)] },
  { section: '4.1', what: 'the reserved bit', script: [frame(T.PING, 0x16, 0x80000000, MARK), pong(MARK)] },
  { section: '4.2', what: 'DATA of 2^14 octets', script: [begun, body(1, 'x'.repeat(16_384)), ping(MARK), pong(MARK)] },
  { section: '4.2', what: 'DATA longer than SETTINGS_MAX_FRAME_SIZE', script: [begun, body(1, 'x'.repeat(16_385)), streamError(E.FRAME_SIZE)] },
  { section: '4.2', what: 'HEADERS longer than SETTINGS_MAX_FRAME_SIZE', script: [headers(1, [...OK, ...long(5)]), size] },
  { section: '4.3', what: 'a header block that is no HPACK', script: [frame(T.HEADERS, WHOLE, 1, at([0x40])), connectionError(E.COMPRESSION)] },
  { section: '5.1', what: 'idle: DATA', script: [body(2), protocol] },
  { section: '5.1', what: 'idle: RST_STREAM', script: [cancel(2, E.CANCEL), protocol] },
  { section: '5.1', what: 'idle: WINDOW_UPDATE', script: [update(2, 100), protocol] },
  { section: '5.1', what: 'idle: CONTINUATION', script: [continuation(2, OK), protocol] },
  { section: '5.1', what: 'closed by RST_STREAM: DATA', script: [begun, cancel(1, E.CANCEL), body(1), streamError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'closed by RST_STREAM: HEADERS', script: [begun, cancel(1, E.CANCEL), whole, streamError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'closed by RST_STREAM: CONTINUATION', script: [begun, cancel(1, E.CANCEL), continuation(1, long(1)), streamError(E.STREAM_CLOSED, E.PROTOCOL)] },
  { section: '5.1', what: 'closed by END_STREAM: DATA', script: [whole, body(1), connectionError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'closed by END_STREAM: HEADERS', script: [whole, whole, connectionError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'closed by END_STREAM: CONTINUATION', script: [whole, continuation(1, long(1)), connectionError(E.STREAM_CLOSED, E.PROTOCOL)] },
  { section: '5.1', what: 'closed by END_STREAM: WINDOW_UPDATE and RST_STREAM, which may be on their way', script: [whole, update(1, 100), cancel(1, E.NO_ERROR), ping(MARK), pong(MARK)] },
  { section: '5.1.1', what: 'an answer to what was never asked', script: [headers(101, OK), protocol] },
  { section: '5.4.1', what: 'after a connection error the connection is closed', script: [strayPing, connectionCloses] },
  { section: '5.4.1', what: 'a connection error is told by GOAWAY', script: [strayPing, goAway()] },
  { section: '5.5', what: 'an extension\'s frame within a header block', script: [headers(1, OK, END_STREAM), unknown, protocol] },
  { section: '6.1', what: 'DATA on stream 0', script: [body(0), protocol] },
  { section: '6.1', what: 'DATA with more padding than payload', script: [headers(1, [...OK, ['content-length', '4']], END_HEADERS), frame(T.DATA, END_STREAM | PADDED, 1, '\x06Test'), streamError(E.PROTOCOL)] },
  { section: '6.2', what: 'PRIORITY within a header block', script: [headers(1, OK, 0), priority(1), continuation(1, long(1)), protocol] },
  { section: '6.2', what: 'HEADERS on stream 0', script: [headers(0, OK), protocol] },
  { section: '6.2', what: 'HEADERS with more padding than payload', script: [frame(T.HEADERS, PADDED, 1, Buffer.concat([at([0x11]), at([0x88])])), streamError(E.PROTOCOL)] },
  { section: '6.3', what: 'PRIORITY on stream 0', script: [priority(0), protocol] },
  { section: '6.3', what: 'PRIORITY of four octets', script: [whole, frame(T.PRIORITY, 0, 1, uint32(0x80000001)), streamError(E.FRAME_SIZE)] },
  { section: '6.3', what: 'PRIORITY on a stream that is idle', script: [priority(3), whole, ping(MARK), pong(MARK)] },
  { section: '6.4', what: 'RST_STREAM on stream 0', script: [cancel(0, E.CANCEL), protocol] },
  { section: '6.4', what: 'RST_STREAM of three octets', script: [whole, frame(T.RST_STREAM, 0, 1, Buffer.alloc(3)), streamError(E.FRAME_SIZE)] },
  { section: '6.5', what: 'an acknowledgement with a payload', script: [frame(T.SETTINGS, ACK, 0, '\0'), size] },
  { section: '6.5', what: 'SETTINGS on a stream', script: [frame(T.SETTINGS, 0, 1, at([0, 3, 0, 0, 0, 100])), protocol] },
  { section: '6.5', what: 'SETTINGS of three octets', script: [frame(T.SETTINGS, 0, 0, at([0, 3, 0])), size] },
  { section: '6.5.2', what: 'SETTINGS_ENABLE_PUSH of a server, which may say 0 only', script: [settings([2, 1]), protocol] },
  { section: '6.5.2', what: 'SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1', script: [settings([4, 2_147_483_648]), connectionError(E.FLOW_CONTROL)] },
  { section: '6.5.2', what: 'SETTINGS_MAX_FRAME_SIZE below 2^14', script: [settings([5, 16_383]), protocol] },
  { section: '6.5.2', what: 'SETTINGS_MAX_FRAME_SIZE above 2^24-1', script: [settings([5, 16_777_216]), protocol] },
  { section: '6.5.2', what: 'a setting that nobody knows', script: [settings([0xff, 1]), ping(MARK), pong(MARK)] },
  { section: '6.5.3', what: 'SETTINGS are acknowledged', script: [settings([2, 0]), settingsAcknowledged] },
  { section: '6.6', what: 'PUSH_PROMISE', script: [frame(T.PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([uint32(2), block([[':path', '/']])])), protocol] },
  { section: '6.7', what: 'PING', script: [ping('h2 ping!'), pong('h2 ping!')] },
  { section: '6.7', what: 'PING with ACK, which nobody answers', script: [frame(T.PING, ACK, 0, 'not this'), ping('but this'), pong('but this')] },
  { section: '6.7', what: 'PING on a stream', script: [frame(T.PING, 0, 1, MARK), protocol] },
  { section: '6.7', what: 'PING of six octets', script: [frame(T.PING, 0, 0, Buffer.alloc(6)), size] },
  { section: '6.8', what: 'GOAWAY on a stream', script: [frame(T.GOAWAY, 0, 1, Buffer.alloc(8)), protocol] },
  { section: '6.9', what: 'WINDOW_UPDATE of nothing on the connection', script: [update(0, 0), protocol] },
  { section: '6.9', what: 'WINDOW_UPDATE of nothing on a stream', script: [begun, update(1, 0), streamError(E.PROTOCOL)] },
  { section: '6.9', what: 'WINDOW_UPDATE of three octets', script: [frame(T.WINDOW_UPDATE, 0, 0, at([0, 0, 1])), size] },
  { section: '6.9.1', what: 'a window of the connection above 2^31-1', script: [update(0, 2_147_483_647), update(0, 2_147_483_647), goAway(E.FLOW_CONTROL)] },
  { section: '6.9.1', what: 'a window of a stream above 2^31-1', script: [begun, update(1, 2_147_483_647), update(1, 2_147_483_647), reset(1, E.FLOW_CONTROL)] },
  { section: '6.9.2', what: 'SETTINGS_INITIAL_WINDOW_SIZE that makes a window larger than 2^31-1', script: [begun, update(1, 2_147_483_647 - 65_535), settings([4, 65_536]), connectionError(E.FLOW_CONTROL)] },
  { section: '6.10', what: 'two CONTINUATION', script: [headers(1, OK, END_STREAM), continuation(1, long(1), 0), continuation(1, long(1)), ping(MARK), pong(MARK)] },
  { section: '6.10', what: 'DATA between CONTINUATION', script: [headers(1, OK, 0), continuation(1, long(1), 0), body(1), protocol] },
  { section: '6.10', what: 'CONTINUATION on stream 0', script: [headers(1, OK, END_STREAM), continuation(0, long(1)), protocol] },
  { section: '6.10', what: 'CONTINUATION behind HEADERS that are whole', script: [whole, continuation(1, long(1)), protocol] },
  { section: '6.10', what: 'CONTINUATION behind CONTINUATION that are whole', script: [headers(1, OK, END_STREAM), continuation(1, long(1)), continuation(1, long(1)), protocol] },
  { section: '6.10', what: 'CONTINUATION behind DATA', script: [headers(1, OK, 0), body(1), continuation(1, long(1), 0), continuation(0, long(1)), protocol] },
];
