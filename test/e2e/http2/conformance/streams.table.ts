import { block, E, END_STREAM, frame, GET, PREFACE, PRIORITISED, settings, T, uint32 } from '../raw.ts';
import { body, cancel, continuation, get, getOpen, headers, long, MARK, post, priority, update, WHOLE } from './client-frames.ts';
import { answered, connectionCloses, connectionError, goAway, ping, pong, serverSettings, streamEnds, streamError, type Case } from './judge.ts';

const at = Buffer.from;
const unknown = frame(0x16, 0, 0, Buffer.alloc(8));
/** PING on a stream. */
const strayPing = frame(T.PING, 0, 3, Buffer.alloc(8));
const protocol = connectionError(E.PROTOCOL);

/** Sections 3 to 5: the beginning, frames as such, states of streams. */
export const STREAMS: readonly Case[] = [
  { section: '3.4', what: 'a preface', raw: true, script: [at(PREFACE), settings([4, 65535]), serverSettings] },
  { section: '3.4', what: 'something that is no preface', raw: true, script: [at('INVALID CONNECTION PREFACE\r\n\r\n'), connectionCloses] },
  { section: '4.1', what: 'a frame of an unknown type', script: [unknown, ping(MARK), pong(MARK)] },
  { section: '4.1', what: 'flags that nobody knows', script: [frame(T.PING, 0x16, 0, MARK), pong(MARK)] },
  { section: '4.1', what: 'the reserved bit', script: [frame(T.PING, 0x16, 0x80000000, MARK), pong(MARK)] },
  { section: '4.2', what: 'DATA of 2^14 octets', script: [post(1), body(1, 'x'.repeat(16_384)), answered(1)] },
  { section: '4.2', what: 'DATA longer than SETTINGS_MAX_FRAME_SIZE', script: [post(1), body(1, 'x'.repeat(16_385)), streamError(E.FRAME_SIZE)] },
  { section: '4.2', what: 'HEADERS longer than SETTINGS_MAX_FRAME_SIZE', script: [headers(1, [...GET, ...long(5)]), connectionError(E.FRAME_SIZE)] },
  { section: '4.3', what: 'a header block that is no HPACK', script: [frame(T.HEADERS, WHOLE, 1, at([0x40])), connectionError(E.COMPRESSION)] },
  { section: '4.3', what: 'PRIORITY within a header block', script: [headers(1, GET, 0), priority(1), continuation(1, long(1)), protocol] },
  { section: '4.3', what: 'HEADERS of another stream within a header block', script: [headers(1, GET, 0), get(3), continuation(1, long(1)), protocol] },
  { section: '5.1', what: 'idle: DATA', script: [body(1), protocol] },
  { section: '5.1', what: 'idle: RST_STREAM', script: [cancel(1, E.CANCEL), protocol] },
  { section: '5.1', what: 'idle: WINDOW_UPDATE', script: [update(1, 100), protocol] },
  { section: '5.1', what: 'idle: CONTINUATION', script: [continuation(1, GET), protocol] },
  { section: '5.1', what: 'half-closed (remote): DATA', script: [get(1), body(1), streamError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'half-closed (remote): HEADERS', script: [get(1), get(1), streamError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'half-closed (remote): CONTINUATION', script: [get(1), continuation(1, GET), streamError(E.STREAM_CLOSED, E.PROTOCOL)] },
  { section: '5.1', what: 'closed by RST_STREAM: DATA', script: [getOpen(1), cancel(1, E.CANCEL), body(1), streamError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'closed by RST_STREAM: HEADERS', script: [getOpen(1), cancel(1, E.CANCEL), get(1), streamError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'closed by RST_STREAM: CONTINUATION', script: [getOpen(1), cancel(1, E.CANCEL), continuation(1, long(1)), streamError(E.STREAM_CLOSED, E.PROTOCOL)] },
  { section: '5.1', what: 'closed by END_STREAM: DATA', script: [get(1), streamEnds, body(1), connectionError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'closed by END_STREAM: HEADERS', script: [get(1), streamEnds, get(1), connectionError(E.STREAM_CLOSED)] },
  { section: '5.1', what: 'closed by END_STREAM: CONTINUATION', script: [get(1), streamEnds, continuation(1, long(1)), connectionError(E.STREAM_CLOSED, E.PROTOCOL)] },
  { section: '5.1.1', what: 'an even id', script: [get(2), protocol] },
  { section: '5.1.1', what: 'an id lower than one before', script: [get(5), get(3), protocol] },
  { section: '5.1.1', what: 'HEADERS on a stream that is half-closed (remote)', script: [get(5), get(5), streamError(E.STREAM_CLOSED)] },
  { section: '5.1.2', what: 'one stream more than SETTINGS_MAX_CONCURRENT_STREAMS', script: [settings([4, 0]), ...Array.from({ length: 129 }, (_, i) => get(2 * i + 1)), streamError(E.PROTOCOL, E.REFUSED_STREAM)] },
  { section: '5.3.1', what: 'HEADERS that depend on themselves', script: [frame(T.HEADERS, WHOLE | PRIORITISED, 1, Buffer.concat([uint32(1), at([255]), block(GET)])), streamError(E.PROTOCOL)] },
  { section: '5.3.1', what: 'PRIORITY that depends on itself', script: [priority(1, { stream: 1 }), streamError(E.PROTOCOL)] },
  { section: '5.4.1', what: 'after a connection error the connection is closed', script: [strayPing, connectionCloses] },
  { section: '5.4.1', what: 'a connection error is told by GOAWAY', script: [strayPing, goAway()] },
  { section: '5.5', what: 'an extension\'s frame', script: [unknown, ping(MARK), pong(MARK)] },
  { section: '5.5', what: 'an extension\'s frame within a header block', script: [headers(1, GET, END_STREAM), unknown, protocol] },
];
