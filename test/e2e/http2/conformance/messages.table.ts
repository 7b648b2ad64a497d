import { block, E, END_HEADERS, frame, GET, T } from '../raw.ts';
import { body, get, headers, post, WHOLE, type Fields } from './client-frames.ts';
import { connectionError, streamError, type Case } from './judge.ts';

const protocol = streamError(E.PROTOCOL);
const malformed = (section: string, what: string, fields: Fields): Case => ({ section, what, script: [headers(1, fields), protocol] });
const without = (...names: readonly string[]): Fields => GET.filter(([name]) => !names.includes(name));
const block1 = (...parts: readonly Buffer[]): Buffer => frame(T.HEADERS, WHOLE, 1, Buffer.concat(parts));
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const undecodable = (section: string, what: string, ...parts: readonly Buffer[]): Case => ({ section, what, script: [block1(...parts), connectionError(E.COMPRESSION)] });
const request = block(GET);

/** Section 8, and RFC 7541. */
export const MESSAGES: readonly Case[] = [
  { section: '8.1', what: 'a second HEADERS without END_STREAM', script: [post(1), body(1, 'test', 0), headers(1, [['x-test', 'ok']], END_HEADERS), protocol] },
  malformed('8.2.1', 'capitals in a name', [...GET, ['X-TEST', 'ok']]),
  malformed('8.3', 'an unknown pseudo-header field', [...GET, [':test', 'ok']]),
  malformed('8.3', 'a pseudo-header field of responses', [...GET, [':status', '200']]),
  { section: '8.3', what: 'a pseudo-header field in trailers', script: [post(1), body(1, 'test', 0), headers(1, [[':method', 'POST']], END_HEADERS), protocol] },
  malformed('8.3', 'a pseudo-header field behind others', [['x-test', 'ok'], ...GET]),
  malformed('8.2.2', 'Connection', [...GET, ['connection', 'keep-alive']]),
  malformed('8.2.2', 'TE other than trailers', [...GET, ['trailers', 'test'], ['te', 'trailers, deflate']]),
  malformed('8.3.1', 'an empty :path', [...without(':path', ':authority'), [':path', ''], GET[3]!]),
  malformed('8.3.1', 'no :method and no :scheme', without(':method', ':scheme')),
  malformed('8.3.1', 'no :method', without(':method')),
  malformed('8.3.1', 'no :scheme', without(':scheme')),
  malformed('8.3.1', 'no :path', without(':path')),
  malformed('8.3.1', 'two :method', [...GET, [':method', 'GET']]),
  malformed('8.3.1', 'two :scheme', [...GET, [':scheme', 'https']]),
  malformed('8.3.1', 'two :path', [...GET, [':path', '/']]),
  malformed('8.3.1', 'a path as a second :method', [...GET, [':method', '/']]),
  { section: '8.1.1', what: 'Content-Length less than DATA', script: [post(1, ['content-length', '1']), body(1), protocol] },
  { section: '8.1.1', what: 'Content-Length less than several DATA', script: [post(1, ['content-length', '1']), body(1, 'test', 0), body(1), protocol] },
  { section: '8.4', what: 'PUSH_PROMISE', script: [frame(T.PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([hex('00000003'), request])), connectionError(E.PROTOCOL)] },
  { section: '8.4', what: 'PUSH_PROMISE after a request', script: [get(1), frame(T.PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([hex('00000003'), request])), connectionError(E.PROTOCOL)] },
  undecodable('hpack 2.3.3', 'an index beyond the tables', request, hex('fe')),
  undecodable('hpack 2.3.3', 'a name whose index is beyond the tables', request, hex('7f0005'), Buffer.from('empty')),
  undecodable('hpack 4.2', 'a change of the table\'s size behind fields', request, hex('21')),
  undecodable('hpack 5.2', 'Huffman with more than seven bits of padding', request, hex('0085f2b24a84ff8449509fff')),
  undecodable('hpack 5.2', 'Huffman padded with zeros', request, hex('0085f2b24a84ff83495090')),
  undecodable('hpack 5.2', 'Huffman with EOS', request, hex('0085f2b24a87fffffffd25427f')),
  undecodable('hpack 6.1', 'index 0', request, hex('80')),
  undecodable('hpack 6.3', 'a size above SETTINGS_HEADER_TABLE_SIZE', hex('3fe21f'), request),
];
