import { ACK, block, E, END_HEADERS, END_STREAM, frame, GET, PADDED, POST, PREFACE, PRIORITISED, settings, T, uint32, type RawHttp2 } from './raw.ts';

/** What must come of it. */
export type Outcome =
  /** A connection error: GOAWAY with one of the codes, and the end. */
  | { readonly goAway: readonly number[] }
  /** A stream error with one of the codes; the connection goes on. */
  | { readonly reset: readonly number[]; readonly stream?: number }
  /** The stream is answered and the connection goes on. */
  | { readonly answered: number }
  /** Nothing: the connection goes on. */
  | 'ignored';

export interface Rule {
  /** RFC 9113, else RFC 7541 with `hpack`. */
  readonly section: string;
  readonly what: string;
  /** Instead of preface and SETTINGS. */
  readonly raw?: boolean;
  readonly settings?: Buffer;
  readonly send: readonly Buffer[] | ((client: RawHttp2) => Promise<void>);
  readonly outcome: Outcome;
}

const whole = END_HEADERS | END_STREAM;
const headers = (stream: number, fields: readonly (readonly [string, string])[], flags = whole): Buffer => frame(T.HEADERS, flags, stream, block(fields));
const get = (stream: number): Buffer => headers(stream, GET);
const open = (stream: number): Buffer => headers(stream, POST, END_HEADERS);
const data = (stream: number, payload = 'x', flags = END_STREAM): Buffer => frame(T.DATA, flags, stream, payload);
const update = (stream: number, increment: number): Buffer => frame(T.WINDOW_UPDATE, 0, stream, uint32(increment));
const malformed = (what: string, fields: readonly (readonly [string, string])[], section = '8.1.1'): Rule => ({ section, what, send: [headers(1, fields)], outcome: { reset: [E.PROTOCOL] } });
const without = (name: string): readonly (readonly [string, string])[] => GET.filter(([n]) => n !== name);
const plus = (...fields: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] => [...GET, ...fields];

export const RULES: readonly Rule[] = [
  // --- 3.4 preface
  { section: '3.4', what: 'the preface comes in pieces', raw: true, outcome: { answered: 1 }, send: async (client) => {
    for (const octet of PREFACE) {
      client.send(Buffer.from(octet));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    client.send(settings(), get(1));
  } },
  { section: '3.4', what: 'something else than the preface', raw: true, send: [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')], outcome: { goAway: [E.PROTOCOL] } },
  { section: '3.4', what: 'no SETTINGS after the preface', raw: true, send: [Buffer.from(PREFACE), get(1)], outcome: { goAway: [E.PROTOCOL] } },
  // --- 4 frames
  { section: '4.1', what: 'a frame of an unknown type', send: [frame(22, 0, 0, 'anything'), get(1)], outcome: { answered: 1 } },
  { section: '4.1', what: 'flags that a frame does not know', send: [frame(T.PING, 0x16, 0, '12345678'), get(1)], outcome: { answered: 1 } },
  { section: '4.1', what: 'the reserved bit', send: [frame(T.PING, 0, 0x80000000, '12345678'), get(1)], outcome: { answered: 1 } },
  { section: '4.2', what: 'DATA of 2^14 octets', send: [open(1), data(1, 'x'.repeat(16384))], outcome: { answered: 1 } },
  { section: '4.2', what: 'DATA longer than SETTINGS_MAX_FRAME_SIZE', send: [open(1), data(1, 'x'.repeat(16385))], outcome: { goAway: [E.FRAME_SIZE] } },
  { section: '4.2', what: 'HEADERS longer than SETTINGS_MAX_FRAME_SIZE', send: [frame(T.HEADERS, whole, 1, block(plus(['a', 'x'.repeat(16385)])))], outcome: { goAway: [E.FRAME_SIZE] } },
  { section: '4.3', what: 'a header block that cannot be decoded', send: [frame(T.HEADERS, whole, 1, Buffer.from('40', 'hex'))], outcome: { goAway: [E.COMPRESSION] } },
  { section: '4.3', what: 'another frame within a header block', send: [frame(T.HEADERS, END_STREAM, 1, block(GET)), frame(T.PRIORITY, 0, 1, Buffer.alloc(5)), frame(T.CONTINUATION, END_HEADERS, 1)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '4.3', what: 'HEADERS of another stream within a header block', send: [frame(T.HEADERS, END_STREAM, 1, block(GET)), get(3)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '5.5', what: 'a frame of an unknown type within a header block', send: [frame(T.HEADERS, END_STREAM, 1, block(GET)), frame(22, 0, 1), frame(T.CONTINUATION, END_HEADERS, 1)], outcome: { goAway: [E.PROTOCOL] } },
  // --- 5.1 states
  { section: '5.1', what: 'idle: DATA', send: [data(1)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '5.1', what: 'idle: RST_STREAM', send: [frame(T.RST_STREAM, 0, 1, uint32(E.CANCEL))], outcome: { goAway: [E.PROTOCOL] } },
  { section: '5.1', what: 'idle: WINDOW_UPDATE', send: [update(1, 100)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '5.1', what: 'idle: CONTINUATION', send: [frame(T.CONTINUATION, END_HEADERS, 1, block(GET))], outcome: { goAway: [E.PROTOCOL] } },
  { section: '5.1', what: 'idle: PRIORITY', send: [frame(T.PRIORITY, 0, 9, Buffer.from('0000000010', 'hex')), get(1)], outcome: { answered: 1 } },
  { section: '5.1', what: 'half-closed (remote): DATA', send: [headers(1, [...GET.slice(0, 2), [':path', '/slow'], GET[3]!]), data(1)], outcome: { reset: [E.STREAM_CLOSED] } },
  { section: '5.1', what: 'half-closed (remote): HEADERS', send: [headers(1, [...GET.slice(0, 2), [':path', '/slow'], GET[3]!]), get(1)], outcome: { reset: [E.STREAM_CLOSED] } },
  { section: '5.1', what: 'half-closed (remote): CONTINUATION', send: [headers(1, [...GET.slice(0, 2), [':path', '/slow'], GET[3]!]), frame(T.CONTINUATION, END_HEADERS, 1, block(GET))], outcome: { goAway: [E.PROTOCOL, E.STREAM_CLOSED] } },
  { section: '5.1', what: 'half-closed (remote): WINDOW_UPDATE, PRIORITY and RST_STREAM', send: [headers(1, [...GET.slice(0, 2), [':path', '/slow'], GET[3]!]), update(1, 1), frame(T.PRIORITY, 0, 1, Buffer.alloc(5)), frame(T.RST_STREAM, 0, 1, uint32(E.CANCEL)), get(3)], outcome: { answered: 3 } },
  { section: '5.1', what: 'closed by RST_STREAM: DATA', send: [open(1), frame(T.RST_STREAM, 0, 1, uint32(E.CANCEL)), data(1)], outcome: { reset: [E.STREAM_CLOSED] } },
  { section: '5.1', what: 'closed by RST_STREAM: HEADERS', send: [open(1), frame(T.RST_STREAM, 0, 1, uint32(E.CANCEL)), get(1)], outcome: { goAway: [E.STREAM_CLOSED] } },
  { section: '5.1', what: 'closed by RST_STREAM: CONTINUATION', send: [open(1), frame(T.RST_STREAM, 0, 1, uint32(E.CANCEL)), frame(T.CONTINUATION, END_HEADERS, 1, block(GET))], outcome: { goAway: [E.STREAM_CLOSED, E.PROTOCOL] } },
  { section: '5.1', what: 'closed by END_STREAM: DATA', outcome: { goAway: [E.STREAM_CLOSED] }, send: async (client) => {
    client.send(get(1));
    await client.answered(1);
    client.send(data(1));
  } },
  { section: '5.1', what: 'closed by END_STREAM: HEADERS', outcome: { goAway: [E.STREAM_CLOSED] }, send: async (client) => {
    client.send(get(1));
    await client.answered(1);
    client.send(get(1));
  } },
  { section: '5.1', what: 'closed by END_STREAM: CONTINUATION', outcome: { goAway: [E.STREAM_CLOSED, E.PROTOCOL] }, send: async (client) => {
    client.send(get(1));
    await client.answered(1);
    client.send(frame(T.CONTINUATION, END_HEADERS, 1, block(GET)));
  } },
  { section: '5.1', what: 'closed: WINDOW_UPDATE, RST_STREAM and PRIORITY', outcome: { answered: 3 }, send: async (client) => {
    client.send(get(1));
    await client.answered(1);
    client.send(update(1, 1), frame(T.PRIORITY, 0, 1, Buffer.alloc(5)), frame(T.RST_STREAM, 0, 1, uint32(E.CANCEL)), get(3));
  } },
  { section: '5.1.1', what: 'an even id', send: [get(2)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '5.1.1', what: 'an id lower than one before', send: [get(5), get(3)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '5.1.2', what: 'more streams than allowed', send: [...Array.from({ length: 128 }, (_, i) => open(i * 2 + 1)), open(257)], outcome: { reset: [E.REFUSED_STREAM], stream: 257 } },
  { section: '5.3.1', what: 'HEADERS that depend on themselves', send: [frame(T.HEADERS, whole | PRIORITISED, 1, Buffer.concat([uint32(1), Buffer.from([16]), block(GET)]))], outcome: { reset: [E.PROTOCOL] } },
  { section: '5.3.1', what: 'PRIORITY that depends on itself', send: [get(1), frame(T.PRIORITY, 0, 1, Buffer.concat([uint32(1), Buffer.from([16])]))], outcome: { reset: [E.PROTOCOL] } },
  // --- 6.1 DATA
  { section: '6.1', what: 'DATA on stream 0', send: [data(0)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.1', what: 'DATA with padding', send: [open(1), frame(T.DATA, END_STREAM | PADDED, 1, '\x05hello\0\0\0\0\0')], outcome: { answered: 1 } },
  { section: '6.1', what: 'DATA that is all padding', send: [open(1), frame(T.DATA, END_STREAM | PADDED, 1, '\x03\0\0\0')], outcome: { answered: 1 } },
  { section: '6.1', what: 'more padding than payload', send: [open(1), frame(T.DATA, END_STREAM | PADDED, 1, '\x06hello')], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.1', what: 'padded DATA of no octet', send: [open(1), frame(T.DATA, END_STREAM | PADDED, 1, '')], outcome: { goAway: [E.FRAME_SIZE, E.PROTOCOL] } },
  // --- 6.2 HEADERS
  { section: '6.2', what: 'HEADERS on stream 0', send: [get(0)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.2', what: 'HEADERS with padding and priority', send: [frame(T.HEADERS, whole | PADDED | PRIORITISED, 1, Buffer.concat([Buffer.from([4]), uint32(0x80000000), Buffer.from([255]), block(GET), Buffer.alloc(4)]))], outcome: { answered: 1 } },
  { section: '6.2', what: 'HEADERS with more padding than payload', send: [frame(T.HEADERS, whole | PADDED, 1, Buffer.concat([Buffer.from([200]), block(GET)]))], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.2', what: 'HEADERS shorter than their priority', send: [frame(T.HEADERS, whole | PRIORITISED, 1, 'abc')], outcome: { goAway: [E.FRAME_SIZE] } },
  // --- 6.3, 6.4
  { section: '6.3', what: 'PRIORITY on stream 0', send: [frame(T.PRIORITY, 0, 0, Buffer.alloc(5))], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.3', what: 'PRIORITY of four octets', send: [get(1), frame(T.PRIORITY, 0, 1, Buffer.alloc(4))], outcome: { reset: [E.FRAME_SIZE] } },
  { section: '6.4', what: 'RST_STREAM on stream 0', send: [frame(T.RST_STREAM, 0, 0, uint32(8))], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.4', what: 'RST_STREAM of three octets', send: [open(1), frame(T.RST_STREAM, 0, 1, 'abc')], outcome: { goAway: [E.FRAME_SIZE] } },
  { section: '7', what: 'RST_STREAM with an unknown code', send: [open(1), frame(T.RST_STREAM, 0, 1, uint32(0xff)), get(3)], outcome: { answered: 3 } },
  // --- 6.5 SETTINGS
  { section: '6.5', what: 'an acknowledgement with settings', send: [frame(T.SETTINGS, ACK, 0, Buffer.alloc(6))], outcome: { goAway: [E.FRAME_SIZE] } },
  { section: '6.5', what: 'SETTINGS on a stream', send: [frame(T.SETTINGS, 0, 1, Buffer.from('000300000064', 'hex'))], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.5', what: 'SETTINGS of a length that is no multiple of six', send: [frame(T.SETTINGS, 0, 0, 'abc')], outcome: { goAway: [E.FRAME_SIZE] } },
  { section: '6.5.2', what: 'SETTINGS_ENABLE_PUSH of 2', send: [settings([2, 2])], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.5.2', what: 'SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1', send: [settings([4, 2147483648])], outcome: { goAway: [E.FLOW_CONTROL] } },
  { section: '6.5.2', what: 'SETTINGS_MAX_FRAME_SIZE below 2^14', send: [settings([5, 16383])], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.5.2', what: 'SETTINGS_MAX_FRAME_SIZE above 2^24-1', send: [settings([5, 16777216])], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.5.2', what: 'a setting that nobody knows', send: [settings([0xff, 1]), get(1)], outcome: { answered: 1 } },
  { section: '6.5.3', what: 'several values of a setting: the last holds', settings: settings([4, 100], [4, 1]), outcome: 'ignored', send: async (client) => {
    client.send(get(1));
    await client.until((f) => f.type === T.DATA && f.stream === 1);
    await client.ping();
    if (client.body(1).length !== 1) throw new Error(`the window was 1: ${client.body(1).length} octets`);
  } },
  // --- 6.6 to 6.8
  { section: '8.4', what: 'PUSH_PROMISE from a client', send: [open(1), frame(T.PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([uint32(2), block(GET)]))], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.7', what: 'PING on a stream', send: [frame(T.PING, 0, 1, '12345678')], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.7', what: 'PING of six octets', send: [frame(T.PING, 0, 0, '123456')], outcome: { goAway: [E.FRAME_SIZE] } },
  { section: '6.7', what: 'an acknowledgement that nobody waits for is not answered', outcome: 'ignored', send: async (client) => {
    client.send(frame(T.PING, ACK, 0, 'nobody!!'));
    await client.ping();
    if (client.frames.some((f) => f.type === T.PING && f.payload.toString() === 'nobody!!')) throw new Error('an acknowledgement was acknowledged');
  } },
  { section: '6.8', what: 'GOAWAY on a stream', send: [frame(T.GOAWAY, 0, 1, Buffer.alloc(8))], outcome: { goAway: [E.PROTOCOL] } },
  // --- 6.9 WINDOW_UPDATE
  { section: '6.9', what: 'an increment of 0 on the connection', send: [update(0, 0)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.9', what: 'an increment of 0 on a stream', send: [open(1), update(1, 0)], outcome: { reset: [E.PROTOCOL] } },
  { section: '6.9', what: 'WINDOW_UPDATE of three octets', send: [frame(T.WINDOW_UPDATE, 0, 0, 'abc')], outcome: { goAway: [E.FRAME_SIZE] } },
  { section: '6.9.1', what: 'a window of the connection above 2^31-1', send: [update(0, 2147483647), update(0, 2147483647)], outcome: { goAway: [E.FLOW_CONTROL] } },
  { section: '6.9.1', what: 'a window of a stream above 2^31-1', send: [open(1), update(1, 2147483647), update(1, 2147483647)], outcome: { reset: [E.FLOW_CONTROL] } },
  { section: '6.9.1', what: 'more DATA than the window of a stream whose target does not read', send: [headers(1, [[':method', 'POST'], [':scheme', 'https'], [':path', '/unread'], GET[3]!], END_HEADERS), ...Array.from({ length: 800 }, () => data(1, 'x'.repeat(16000), 0))], outcome: { reset: [E.FLOW_CONTROL] } },
  { section: '6.9.2', what: 'a later SETTINGS_INITIAL_WINDOW_SIZE lets waiting streams go on', settings: settings([4, 0]), outcome: { answered: 1 }, send: async (client) => {
    client.send(get(1));
    await client.until((f) => f.type === T.HEADERS && f.stream === 1);
    await client.ping();
    if (client.body(1).length > 0) throw new Error('DATA without a window');
    client.send(settings([4, 1000]));
  } },
  { section: '6.9.2', what: 'a window may become negative', settings: settings([4, 3]), outcome: { answered: 1 }, send: async (client) => {
    client.send(get(1));
    await client.until((f) => f.type === T.DATA && f.stream === 1);
    client.send(settings([4, 2]), update(1, 1));
    await client.ping();
    if (client.body(1).length !== 3) throw new Error(`${client.body(1).length} octets through a window that is not above 0`);
    client.send(update(1, 1000));
  } },
  { section: '6.9.2', what: 'SETTINGS_INITIAL_WINDOW_SIZE that makes a window too large', send: [open(1), update(1, 2147418112), settings([4, 2147483647])], outcome: { goAway: [E.FLOW_CONTROL] } },
  // --- 6.10 CONTINUATION
  { section: '6.10', what: 'a header block in many frames', send: [frame(T.HEADERS, END_STREAM, 1, ''), ...[...block(GET)].map((octet) => frame(T.CONTINUATION, 0, 1, Buffer.from([octet]))), frame(T.CONTINUATION, END_HEADERS, 1)], outcome: { answered: 1 } },
  { section: '6.10', what: 'CONTINUATION of another stream', send: [frame(T.HEADERS, END_STREAM, 1, block(GET)), frame(T.CONTINUATION, END_HEADERS, 3)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.10', what: 'CONTINUATION on stream 0', send: [frame(T.HEADERS, END_STREAM, 1, block(GET)), frame(T.CONTINUATION, END_HEADERS, 0)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.10', what: 'CONTINUATION after END_HEADERS', send: [open(1), frame(T.CONTINUATION, END_HEADERS, 1)], outcome: { goAway: [E.PROTOCOL] } },
  { section: '6.10', what: 'CONTINUATION after DATA', send: [open(1), data(1, 'x', 0), frame(T.CONTINUATION, END_HEADERS, 1)], outcome: { goAway: [E.PROTOCOL] } },
  // --- 8 messages
  { section: '8.1', what: 'a second HEADERS without END_STREAM', send: [open(1), headers(1, [['x-a', '1']], END_HEADERS)], outcome: { reset: [E.PROTOCOL] } },
  { section: '8.1', what: 'trailers', send: [open(1), data(1, 'x', 0), headers(1, [['x-a', '1']])], outcome: { answered: 1 } },
  { section: '8.1', what: 'a pseudo-header field in trailers', send: [open(1), data(1, 'x', 0), headers(1, [[':path', '/']])], outcome: { reset: [E.PROTOCOL] } },
  { section: '8.1', what: 'a connection-specific field in trailers', send: [open(1), data(1, 'x', 0), headers(1, [['transfer-encoding', 'chunked']])], outcome: { reset: [E.PROTOCOL] } },
  { section: '8.1.1', what: 'Content-Length more than DATA', send: [headers(1, [...POST, ['content-length', '2']], END_HEADERS), data(1)], outcome: { reset: [E.PROTOCOL] } },
  { section: '8.1.1', what: 'Content-Length less than DATA', send: [headers(1, [...POST, ['content-length', '1']], END_HEADERS), data(1, 'xy')], outcome: { reset: [E.PROTOCOL] } },
  { section: '8.1.1', what: 'Content-Length less than several DATA', send: [headers(1, [...POST, ['content-length', '1']], END_HEADERS), data(1, 'x', 0), data(1, 'y')], outcome: { reset: [E.PROTOCOL] } },
  { section: '8.1.1', what: 'Content-Length without DATA', send: [headers(1, [...POST, ['content-length', '1']])], outcome: { reset: [E.PROTOCOL] } },
  { section: '8.1.1', what: 'Content-Length of 0 with DATA', send: [headers(1, [...POST, ['content-length', '0']], END_HEADERS), data(1)], outcome: { reset: [E.PROTOCOL] } },
  malformed('two lengths', plus(['content-length', '0'], ['content-length', '0'])),
  malformed('a length that is no number', plus(['content-length', '+0'])),
  malformed('capitals in a name', plus(['X-A', '1']), '8.2.1'),
  malformed('a space in a name', plus(['x a', '1']), '8.2.1'),
  malformed('a colon in a name', plus(['x:a', '1']), '8.2.1'),
  malformed('an empty name', plus(['', '1']), '8.2.1'),
  malformed('CR LF in a value', plus(['x-a', '1\r\nx-b: 2']), '8.2.1'),
  malformed('NUL in a value', plus(['x-a', '1\0']), '8.2.1'),
  malformed('white space around a value', plus(['x-a', ' 1']), '8.2.1'),
  malformed('Connection', plus(['connection', 'keep-alive']), '8.2.2'),
  malformed('Keep-Alive', plus(['keep-alive', '1']), '8.2.2'),
  malformed('Proxy-Connection', plus(['proxy-connection', 'x']), '8.2.2'),
  malformed('Transfer-Encoding', plus(['transfer-encoding', 'chunked']), '8.2.2'),
  malformed('Upgrade', plus(['upgrade', 'h2c']), '8.2.2'),
  malformed('TE other than trailers', plus(['te', 'trailers, deflate']), '8.2.2'),
  { section: '8.2.2', what: 'TE: trailers', send: [headers(1, plus(['te', 'trailers']))], outcome: { answered: 1 } },
  malformed('a name that some take for Content-Length', plus(['content_length', '1']), '8.2.1'),
  malformed('an unknown pseudo-header field', [...GET, [':test', '1']], '8.3'),
  malformed('a pseudo-header field of responses', [...GET, [':status', '200']], '8.3'),
  malformed('a pseudo-header field behind others', [['x-a', '1'], ...GET], '8.3'),
  malformed('no :method', without(':method'), '8.3.1'),
  malformed('no :scheme', without(':scheme'), '8.3.1'),
  malformed('no :path', without(':path'), '8.3.1'),
  malformed('no :authority and no Host', without(':authority'), '8.3.1'),
  malformed('an empty :path', [...without(':path'), [':path', '']], '8.3.1'),
  malformed('a :path without its slash', [...without(':path'), [':path', 'x']], '8.3.1'),
  malformed('an absolute :path', [...without(':path'), [':path', 'https://example.com/']], '8.3.1'),
  malformed('a space in :path', [...without(':path'), [':path', '/ HTTP/1.1\r\n']], '8.3.1'),
  malformed('* with another method than OPTIONS', [...without(':path'), [':path', '*']], '8.3.1'),
  malformed('a method that is no token', [...without(':method'), [':method', 'G T']], '8.3.1'),
  malformed('user information in :authority', [...without(':authority'), [':authority', 'u@example.com']], '8.3.1'),
  malformed('Host that is not :authority', plus(['host', 'other.example.com']), '8.3.1'),
  malformed('two Hosts', [...without(':authority'), ['host', 'a'], ['host', 'a']], '8.3.1'),
  ...[':method', ':scheme', ':path', ':authority'].map((name) => malformed(`${name} twice`, [...GET, GET.find(([n]) => n === name)!], '8.3.1')),
  malformed('CONNECT with a :path', [[':method', 'CONNECT'], [':path', '/'], [':authority', 'x:1']], '8.5'),
  malformed(':protocol without CONNECT', [...GET, [':protocol', 'websocket']], '8.5'),
  { section: '8.3.1', what: 'Host without :authority', send: [headers(1, [...without(':authority'), ['host', 'example.com']])], outcome: { answered: 1 } },
  { section: '8.3.1', what: 'OPTIONS *', send: [headers(1, [[':method', 'OPTIONS'], [':scheme', 'https'], [':path', '*'], GET[3]!])], outcome: { answered: 1 } },
  // --- HPACK
  { section: '7541 2.3.3', what: 'an index beyond the tables', send: [frame(T.HEADERS, whole, 1, Buffer.concat([block(GET), Buffer.from([0xc6])]))], outcome: { goAway: [E.COMPRESSION] } },
  { section: '7541 4.2', what: 'a change of the size at the end of a block', send: [frame(T.HEADERS, whole, 1, Buffer.concat([block(GET), Buffer.from([0x20])]))], outcome: { goAway: [E.COMPRESSION] } },
  { section: '7541 5.2', what: 'Huffman with EOS', send: [frame(T.HEADERS, whole, 1, Buffer.concat([block(GET), Buffer.from('00857465737485ffffffffff', 'hex')]))], outcome: { goAway: [E.COMPRESSION] } },
  { section: '7541 6.1', what: 'index 0', send: [frame(T.HEADERS, whole, 1, Buffer.concat([Buffer.from([0x80]), block(GET)]))], outcome: { goAway: [E.COMPRESSION] } },
  { section: '7541 6.3', what: 'a size above SETTINGS_HEADER_TABLE_SIZE', send: [frame(T.HEADERS, whole, 1, Buffer.concat([Buffer.from('3fe21f', 'hex'), block(GET)]))], outcome: { goAway: [E.COMPRESSION] } },
];
