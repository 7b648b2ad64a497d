import { ACK, block, E, END_STREAM, frame, GET, PADDED, settings, T, uint32 } from '../raw.ts';
import { body, cancel, continuation, get, getOpen, headers, long, MARK, post, POST_ROOT, priority, update, WHOLE } from './client-frames.ts';
import { answered, connectionCloses, connectionError, data, dataOfOneOctet, goAway, ping, pong, reset, settingsAcknowledged, streamError, type Case } from './judge.ts';

const protocol = connectionError(E.PROTOCOL);
const size = connectionError(E.FRAME_SIZE);
const flow = connectionError(E.FLOW_CONTROL);
const MOST = 2_147_483_647;
const again = long(1);

/** Section 6, kind by kind, and section 7. */
export const FRAMES: readonly Case[] = [
  { section: '6.1', what: 'DATA on stream 0', script: [body(0), protocol] },
  { section: '6.1', what: 'DATA on a stream that takes none', script: [headers(1, POST_ROOT), body(1), streamError(E.STREAM_CLOSED)] },
  { section: '6.1', what: 'DATA with more padding than payload', script: [post(1, ['content-length', '4']), body(1, '\x06test', END_STREAM | PADDED), protocol] },
  { section: '6.2', what: 'PRIORITY after HEADERS without END_HEADERS', script: [headers(1, GET, 0), priority(1), continuation(1, again), protocol] },
  { section: '6.2', what: 'HEADERS of another stream after HEADERS without END_HEADERS', script: [headers(1, GET, 0), get(3), continuation(1, again), protocol] },
  { section: '6.2', what: 'HEADERS on stream 0', script: [get(0), protocol] },
  { section: '6.2', what: 'HEADERS with more padding than payload', script: [frame(T.HEADERS, WHOLE | PADDED, 1, Buffer.concat([Buffer.from([block(GET).length + 2]), block(GET)])), streamError(E.PROTOCOL)] },
  { section: '6.3', what: 'PRIORITY on stream 0', script: [priority(0), protocol] },
  { section: '6.3', what: 'PRIORITY of four octets', script: [get(1), frame(T.PRIORITY, 0, 1, uint32(0x80000001)), streamError(E.FRAME_SIZE)] },
  { section: '6.3', what: 'PRIORITY of an idle stream, then a request with a lower id', script: [priority(3), get(1), answered(1)] },
  { section: '6.4', what: 'RST_STREAM on stream 0', script: [cancel(0, E.CANCEL), protocol] },
  { section: '6.4', what: 'RST_STREAM on an idle stream', script: [cancel(1, E.CANCEL), protocol] },
  { section: '6.4', what: 'RST_STREAM of three octets', script: [get(1), frame(T.RST_STREAM, 0, 1, '\0\0\0'), streamError(E.FRAME_SIZE)] },
  { section: '6.5', what: 'SETTINGS that acknowledges and has a payload', script: [frame(T.SETTINGS, ACK, 0, '\0'), size] },
  { section: '6.5', what: 'SETTINGS on a stream', script: [frame(T.SETTINGS, 0, 1, '\0\x03\0\0\0\x64'), protocol] },
  { section: '6.5', what: 'SETTINGS of eight octets', script: [frame(T.SETTINGS, 0, 0, '\0\x03\0\0\0\x64\0\x02'), streamError(E.PROTOCOL, E.FRAME_SIZE)] },
  { section: '6.5.2', what: 'SETTINGS_ENABLE_PUSH of 2', script: [settings([2, 2]), protocol] },
  { section: '6.5.2', what: 'SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1', script: [settings([4, 2_147_483_648]), flow] },
  { section: '6.5.2', what: 'SETTINGS_MAX_FRAME_SIZE below 2^14', script: [settings([5, 16_383]), protocol] },
  { section: '6.5.2', what: 'SETTINGS_MAX_FRAME_SIZE above 2^24-1', script: [settings([5, 16_777_216]), protocol] },
  { section: '6.5.2', what: 'a setting that nobody knows', script: [settings([0xff, 1]), ping(MARK), pong(MARK)] },
  { section: '6.5.3', what: 'the last of several values holds', script: [settings([4, 100], [4, 1]), settingsAcknowledged, get(1), dataOfOneOctet] },
  { section: '6.5.3', what: 'SETTINGS is acknowledged', script: [settings([2, 0]), settingsAcknowledged] },
  { section: '6.7', what: 'PING is acknowledged', script: [ping('h2spec\0\0'), pong('h2spec\0\0')] },
  { section: '6.7', what: 'an acknowledgement is not acknowledged', script: [frame(T.PING, ACK, 0, 'invalid\0'), ping('h2spec\0\0'), pong('h2spec\0\0')] },
  { section: '6.7', what: 'PING on a stream', script: [frame(T.PING, 0, 1, Buffer.alloc(8)), protocol] },
  { section: '6.7', what: 'PING of six octets', script: [frame(T.PING, 0, 0, Buffer.alloc(6)), size] },
  { section: '6.8', what: 'GOAWAY on a stream', script: [frame(T.GOAWAY, 0, 1, Buffer.alloc(8)), protocol] },
  { section: '6.9', what: 'WINDOW_UPDATE of nothing', script: [update(0, 0), protocol] },
  { section: '6.9', what: 'WINDOW_UPDATE of nothing on a stream', script: [getOpen(1), update(1, 0), streamError(E.PROTOCOL)] },
  { section: '6.9', what: 'WINDOW_UPDATE of three octets', script: [frame(T.WINDOW_UPDATE, 0, 0, '\0\0\x01'), size] },
  { section: '6.9.1', what: 'DATA keeps to a window of one octet', script: [settings([4, 1]), settingsAcknowledged, get(1), dataOfOneOctet] },
  { section: '6.9.1', what: 'a window of the connection above 2^31-1', script: [update(0, MOST), update(0, MOST), goAway(E.FLOW_CONTROL)] },
  { section: '6.9.1', what: 'a window of a stream above 2^31-1', script: [getOpen(1), update(1, MOST), update(1, MOST), reset(1, E.FLOW_CONTROL)] },
  { section: '6.9.2', what: 'a new SETTINGS_INITIAL_WINDOW_SIZE changes open windows', script: [settings([4, 0]), settingsAcknowledged, get(1), settings([4, 1]), settingsAcknowledged, dataOfOneOctet] },
  { section: '6.9.2', what: 'a window may become negative', script: [settings([4, 3]), settingsAcknowledged, get(1), data, settings([4, 2]), settingsAcknowledged, update(1, 2), dataOfOneOctet] },
  { section: '6.9.2', what: 'SETTINGS_INITIAL_WINDOW_SIZE that no window can have', script: [settings([4, 2_147_483_648]), flow] },
  { section: '6.10', what: 'several CONTINUATION', script: [headers(1, GET, END_STREAM), continuation(1, again, 0), continuation(1, again), answered(1)] },
  { section: '6.10', what: 'DATA within a header block', script: [headers(1, POST_ROOT, 0), continuation(1, again, 0), body(1), protocol] },
  { section: '6.10', what: 'CONTINUATION on stream 0', script: [headers(1, GET, END_STREAM), continuation(0, again), protocol] },
  { section: '6.10', what: 'CONTINUATION after HEADERS with END_HEADERS', script: [get(1), continuation(1, again), protocol] },
  { section: '6.10', what: 'CONTINUATION after CONTINUATION with END_HEADERS', script: [headers(1, GET, END_STREAM), continuation(1, again), continuation(1, again), protocol] },
  { section: '6.10', what: 'CONTINUATION after DATA', script: [headers(1, POST_ROOT, 0), body(1), continuation(1, again, 0), continuation(0, again), protocol] },
  { section: '7', what: 'GOAWAY with a code that nobody knows', script: [frame(T.GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(0xff)])), connectionCloses] },
  { section: '7', what: 'RST_STREAM with a code that nobody knows', script: [post(1), cancel(1, 0xff), ping(MARK), pong(MARK)] },
];
