import { block, E, END_HEADERS, END_STREAM, frame, GET, PADDED, PREFACE, PRIORITISED, settings, T, uint32 } from '../raw.ts';
import { body, cancel, get, getOpen, headers, MARK, post, priority, update, WHOLE, type Fields } from './client-frames.ts';
import { answered, connectionCloses, data, ping, pong, serverSettings, settingsAcknowledged, streamEnds, type Case } from './judge.ts';

const at = Buffer.from;
/** A whole GET, and one more field in this representation; or, before it, a change of the table. */
const field = (hex: string): Buffer => frame(T.HEADERS, WHOLE, 1, Buffer.concat([block(GET), at(hex, 'hex')]));
const resized = (hex: string): Buffer => frame(T.HEADERS, WHOLE, 1, Buffer.concat([at(hex, 'hex'), block(GET)]));
const noWindow = settings([4, 0]);
const cut = (from: number, to?: number): Buffer => block(GET).subarray(from, to);
const method = (name: string, ...more: Fields): Buffer => headers(1, [[':method', name], ...GET.slice(1), ...more]);

/** `user-agent: h2spec` and `x-test: h2spec`, each as it is and in Huffman's code. */
const AGENT = '0a757365722d6167656e7406683273706563';
const AGENT_HUFFMAN = '87b505b161cc5a93849c48aca4';
const TEST = '06782d7465737406683273706563';
const TEST_HUFFMAN = '85f2b24a84ff849c48aca4';
const LITERALS: readonly (readonly [section: string, what: string, first: string])[] = [['hpack 6.2.1', 'to be indexed', '40'], ['hpack 6.2.2', 'not indexed', '00'], ['hpack 6.2.3', 'never indexed', '10']];
const NAMES = [['a known name', AGENT], ['a known name in Huffman', AGENT_HUFFMAN], ['a new name', TEST], ['a new name in Huffman', TEST_HUFFMAN]] as const;

/** What any endpoint must take. */
export const ACCEPTED: readonly Case[] = [
  { section: '3.4', what: 'the first frame of the server is SETTINGS', raw: true, script: [at(PREFACE), settings([4, 65535]), serverSettings] },
  { section: '5.1', what: 'idle: PRIORITY', script: [priority(1), ping(MARK), pong(MARK)] },
  { section: '5.1', what: 'half-closed (remote): WINDOW_UPDATE', script: [noWindow, get(1), update(1, 1), data] },
  { section: '5.1', what: 'half-closed (remote): PRIORITY', script: [noWindow, get(1), priority(1), update(1, 1), data] },
  { section: '5.1', what: 'half-closed (remote): RST_STREAM', script: [get(1), cancel(1, E.CANCEL), ping(MARK), pong(MARK)] },
  { section: '5.1', what: 'closed: PRIORITY', script: [get(1), streamEnds, priority(1), ping(MARK), pong(MARK)] },
  { section: '6.1', what: 'DATA', script: [post(1), body(1), answered(1)] },
  { section: '6.1', what: 'several DATA', script: [post(1), body(1, 'test', 0), body(1), answered(1)] },
  { section: '6.1', what: 'DATA with padding', script: [post(1), body(1, '\x06testpadded', END_STREAM | PADDED), answered(1)] },
  { section: '6.2', what: 'HEADERS', script: [get(1), answered(1)] },
  { section: '6.2', what: 'HEADERS with padding', script: [frame(T.HEADERS, WHOLE | PADDED, 1, Buffer.concat([at([8]), block(GET), Buffer.alloc(8)])), answered(1)] },
  { section: '6.2', what: 'HEADERS with a priority', script: [frame(T.HEADERS, WHOLE | PRIORITISED, 1, Buffer.concat([uint32(0), at([255]), block(GET)])), answered(1)] },
  { section: '6.3', what: 'PRIORITY with the least weight', script: [priority(1, { weight: 0 }), get(1), answered(1)] },
  { section: '6.3', what: 'PRIORITY with the greatest weight', script: [priority(1), get(1), answered(1)] },
  { section: '6.3', what: 'PRIORITY that depends on a stream', script: [priority(3, { stream: 1, weight: 0 }), get(1), answered(1)] },
  { section: '6.3', what: 'PRIORITY that is exclusive', script: [priority(1, { exclusive: true, weight: 0 }), get(1), answered(1)] },
  { section: '6.3', what: 'PRIORITY of an idle stream, then a request with a lower id', script: [priority(3), get(1), answered(1)] },
  { section: '6.4', what: 'RST_STREAM', script: [getOpen(1), cancel(1, E.CANCEL), ping(MARK), pong(MARK)] },
  { section: '6.5', what: 'SETTINGS', script: [settings([1, 4096], [2, 1], [3, 100], [4, 65535], [5, 16384], [6, 100]), settingsAcknowledged] },
  { section: '6.7', what: 'PING', script: [ping('h2spec\0\0'), pong('h2spec\0\0')] },
  { section: '6.8', what: 'GOAWAY', script: [frame(T.GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(E.NO_ERROR), at('bye')])), connectionCloses] },
  { section: '6.9', what: 'WINDOW_UPDATE of the connection', script: [update(0, 1), ping(MARK), pong(MARK)] },
  { section: '6.9', what: 'WINDOW_UPDATE of a stream', script: [get(1), update(1, 1), answered(1)] },
  { section: '6.10', what: 'CONTINUATION', script: [frame(T.HEADERS, END_STREAM, 1, cut(0, 5)), frame(T.CONTINUATION, END_HEADERS, 1, cut(5)), answered(1)] },
  { section: '6.10', what: 'several CONTINUATION', script: [frame(T.HEADERS, END_STREAM, 1, cut(0, 5)), frame(T.CONTINUATION, 0, 1, cut(5, 10)), frame(T.CONTINUATION, END_HEADERS, 1, cut(10)), answered(1)] },
  { section: '8.1', what: 'GET', script: [get(1), answered(1)] },
  { section: '8.1', what: 'HEAD', script: [method('HEAD'), answered(1)] },
  { section: '8.1', what: 'POST', script: [post(1), body(1), answered(1)] },
  { section: '8.1', what: 'POST with trailers', script: [post(1, ['trailer', 'x-test']), body(1, 'test', 0), headers(1, [['x-test', 'ok']]), answered(1)] },
  { section: 'hpack 6.1', what: 'a field of the static table, with an empty value', script: [field('ba'), answered(1)] },
  ...LITERALS.flatMap(([section, what, first]) => NAMES.map(([name, hex]) => ({ section, what: `a literal ${what}, ${name}`, script: [field(first + hex), answered(1)] }))),
  { section: 'hpack 6.3', what: 'a change of the table\'s size', script: [resized('20'), answered(1)] },
  { section: 'hpack 4.2', what: 'two changes of the table\'s size', script: [resized('203fe11f'), answered(1)] },
];
