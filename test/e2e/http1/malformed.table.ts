/**
 * Malformed, ambiguous and merely strange requests, with what comes back. `answers` are the statuses in order; after one that is not the
 * target's the connection is closed. They are those of the desync mitigation mode `strictest`. `sees` is what a target is to see, whole: `METHOD target body`. Nothing else may ever reach it.
 */
export interface MalformedCase {
  readonly name: string;
  /** latin1: a character an octet. */
  readonly octets: string;
  readonly answers: readonly number[];
  readonly sees: readonly string[];
  /** Targets that are stricter than we are: what they answer to what we pass on. They then need not have "seen" it. */
  readonly targetRefuses?: Readonly<Partial<Record<Backend, number>>>;
}

export type Backend = 'node' | 'nginx' | 'python';

const HOST = 'Host: a.example\r\n';

function refused(name: string, status: number, octets: string): MalformedCase {
  return { name, octets, answers: [status], sees: [] };
}

function served(name: string, octets: string, ...sees: readonly string[]): MalformedCase {
  return { name, octets, answers: sees.map(() => 200), sees };
}

function named(kind: string, value: string): string {
  const shown = JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  return `${kind} ${shown}`;
}

const get = (target: string, fields = ''): string => `GET ${target} HTTP/1.1\r\n${HOST}${fields}\r\n`;
const post = (fields: string, body = ''): string => `POST /x HTTP/1.1\r\n${HOST}${fields}\r\n${body}`;
const EVIL = get('/evil');

// --- Content-Length

const BAD_LENGTHS = [
  '+5', '-5', '-0', '0x5', '5h', '5,5', '5, 5', '5,', ',5', '5;5', '5 5', '5.0', '5e0', '"5"', "'5'", '', '5\x00', '\x005', '\x0b5', '5\x0c', '5\x01', '\xa05',
  '5\xa0', '\xb2', '٥', '18446744073709551621', '4294967301000000000', '9999999999999999', '00000000000000000005', '５', '5\r', '0b101', '5_0', 'five', 'NaN', 'Infinity',
].map((value) => refused(named('Content-Length', value), 400, post(`Content-Length: ${Buffer.from(value, 'utf8').toString('latin1')}\r\n`, 'hello') + EVIL));

const LENGTHS: readonly MalformedCase[] = [
  ...BAD_LENGTHS,
  served('Content-Length with blanks around', post('Content-Length: \t 5 \t\r\n', 'hello'), 'POST /x hello'),
  served('Content-Length without a blank', post('Content-Length:5\r\n', 'hello'), 'POST /x hello'),
  served('Content-Length with zeros in front', post('Content-Length: 0005\r\n', 'hello'), 'POST /x hello'),
  served('Content-Length 0, then another request', post('Content-Length: 0\r\n') + get('/y'), 'POST /x ', 'GET /y '),
  served('no Content-Length: what follows is the next request', post('') + get('/y'), 'POST /x ', 'GET /y '),
  refused('GET with a body', 400, `GET /x HTTP/1.1\r\n${HOST}Content-Length: ${EVIL.length}\r\n\r\n${EVIL}`),
  refused('two equal Content-Length', 400, post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello') + EVIL),
  refused('two Content-Length, the first longer', 400, post(`Content-Length: ${5 + EVIL.length}\r\nContent-Length: 5\r\n`, `hello${EVIL}`)),
  refused('two Content-Length, the second longer', 400, post(`Content-Length: 5\r\ncontent-length: ${5 + EVIL.length}\r\n`, `hello${EVIL}`)),
  refused('three Content-Length', 400, post('Content-Length: 5\r\nA: b\r\nCONTENT-LENGTH: 5\r\nContent-Length: 5\r\n', 'hello')),
  refused('a good and an empty Content-Length', 400, post('Content-Length: 5\r\nContent-Length: \r\n', 'hello')),
  refused('Content-Length with a blank before the colon', 400, post('Content-Length : 5\r\n', 'hello') + EVIL),
  refused('Content-Length with a tab before the colon', 400, post('Content-Length\t: 5\r\n', 'hello') + EVIL),
  refused('Content-Length on a folded line', 400, post('Content-Length:\r\n 5\r\n', 'hello') + EVIL),
  refused('Content_Length', 400, post('Content_Length: 5\r\n', 'hello') + EVIL),
  refused('Content.Length beside Content-Length', 400, post('Content.Length: 50\r\nContent-Length: 5\r\n', 'hello')),
  refused('Content--Length', 400, post('Content--Length: 5\r\n', 'hello')),
  refused('Content-Length with NUL in its name', 400, post('Content-Len\0gth: 5\r\n', 'hello')),
  served('X-Content-Length means nothing', post('X-Content-Length: 50\r\nContent-Length: 5\r\n', 'hello'), 'POST /x hello'),
];

// --- Transfer-Encoding

const CHUNKED_BODY = '5\r\nhello\r\n0\r\n\r\n';
const CODINGS: readonly MalformedCase[] = [
  ...['chunked', 'Chunked', 'CHUNKED', '\tchunked', 'chunked ', 'chunked\t \t'].map((value) => served(named('Transfer-Encoding', value), post(`Transfer-Encoding:${value}\r\n`, CHUNKED_BODY), 'POST /x hello')),
  ...['xchunked', 'chunke', 'chunkedx', 'x-chunked', 'gzip', 'gzip, chunked', 'chunked, gzip', 'chunked , identity', 'identity,chunked', 'identity, identity', 'chunked-', 'null', 'chunked.'].map((value) =>
    refused(named('Transfer-Encoding', value), 501, post(`Transfer-Encoding: ${value}\r\n`, CHUNKED_BODY) + EVIL)),
  ...['chunked, chunked', '', ',chunked', 'chunked,', 'chunked;', 'chunked;q=1', '"chunked"', "chunked\0", '\x0bchunked', 'chunked\x0b', '\x01chunked', '\xa0chunked', 'chunked\xa0', 'chunk\xe9d', 'chunked chunked', 'chunked\rX: y', 'chunked\nX: y', '\nchunked', 'chunked\x7f', 'chunked\x00\r\nX: '].map((value) =>
    refused(named('Transfer-Encoding', value), 400, post(`Transfer-Encoding: ${value}\r\n`, CHUNKED_BODY) + EVIL)),
  ...['Transfer-Encoding ', 'Transfer-Encoding\t', ' Transfer-Encoding', '\tTransfer-Encoding', '\x0bTransfer-Encoding', 'Transfer-Encoding\0', 'Transfer Encoding', 'Transfer_Encoding', 'Transfer--Encoding', 'Transfer.Encoding', 'TransferEncoding', 'Transfer-Encod\xc4\xb1ng', 'Tran\xc5\xbffer-Encoding', '\xefbb\xbfTransfer-Encoding', ':Transfer-Encoding', '\rTransfer-Encoding', 'Transfer-Encoding\r', 'X\nTransfer-Encoding', 'X:X\rTransfer-Encoding', 'X: X\nTransfer-Encoding'].map((name) =>
    refused(named('the name', name), 400, post(`${name}: chunked\r\nContent-Length: 5\r\n`, CHUNKED_BODY) + EVIL)),
  refused('two Transfer-Encoding: chunked', 400, post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', CHUNKED_BODY)),
  refused('chunked, then identity', 501, post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', CHUNKED_BODY)),
  refused('identity, then chunked', 501, post('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n', CHUNKED_BODY)),
  refused('cow, then chunked', 501, post('Transfer-Encoding: cow\r\nTransfer-Encoding: chunked\r\n', CHUNKED_BODY)),
  refused('chunked on a folded line', 400, post('Transfer-Encoding:\r\n chunked\r\n', CHUNKED_BODY)),
  refused('chunked in HTTP/1.0', 400, `POST /x HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${CHUNKED_BODY}`),
  served('identity without a body', post('Transfer-Encoding: identity\r\n') + get('/y'), 'POST /x ', 'GET /y '),
  served('X-Transfer-Encoding means nothing', post('X-Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', 'hello'), 'POST /x hello'),
  refused('GET with a chunked body', 400, `GET /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${CHUNKED_BODY}`),
];

// --- both

const BOTH: readonly MalformedCase[] = [
  refused('CL.TE', 400, post(`Content-Length: ${5 + EVIL.length}\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${EVIL}`)),
  refused('TE.CL', 400, post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `${EVIL.length.toString(16)}\r\n${EVIL}\r\n0\r\n\r\n`)),
  refused('both, in agreement', 400, post('Content-Length: 15\r\nTransfer-Encoding: chunked\r\n', CHUNKED_BODY)),
  refused('both, length 0', 400, post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', CHUNKED_BODY)),
  refused('a length and identity', 400, post('Content-Length: 5\r\nTransfer-Encoding: identity\r\n', 'hello')),
  refused('a length and an unknown coding', 501, post('Content-Length: 5\r\nTransfer-Encoding: xyz\r\n', 'hello')),
  refused('both in HTTP/1.0', 400, `POST /x HTTP/1.0\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello`),
  refused('both, Connection names the length', 400, post('Connection: Content-Length\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n', CHUNKED_BODY)),
];

// --- chunks

const chunked = (body: string): string => post('Transfer-Encoding: chunked\r\n', body);
const CHUNKS: readonly MalformedCase[] = [
  ...['g', '0x5', '-5', '+5', ' 5', '5 ', '5\t', '', '5\x0b', '5\x00', '5.0', '5,5', '5_', '\xb25', '５', 'FFFFFFFFFFFFFFFFF', '10000000000000005', 'ffffffffffffffff', '8000000000000005', '1000000000001', '00000000000000005', '5\xa0', '"5"', '5 a=b', '5a=b;', ';a=b', '5;a=\0', '5;a=\x7f', '5;\x01'].map((size) =>
    refused(named('a chunk of size', size), 400, chunked(`${Buffer.from(size, 'utf8').toString('latin1')}\r\nhello\r\n0\r\n\r\n`) + EVIL)),
  ...['5', '05', '0000000000000005', '5;', '5;a', '5;a=b', '5 ;a=b', '5\t ; a = "b"', '5;a="b;c"', '5;\xe9'].map((size) =>
    served(named('a chunk of size', size), chunked(`${size}\r\nhello\r\n0\r\n\r\n`) + get('/y'), 'POST /x hello', 'GET /y ')),
  served('sizes in both cases of letters', chunked('a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n'), 'POST /x 01234567890123456789'),
  served('an end of several zeros', chunked('5\r\nhello\r\n000\r\n\r\n') + get('/y'), 'POST /x hello', 'GET /y '),
  served('an extension on the end', chunked('5\r\nhello\r\n0;x=y\r\n\r\n'), 'POST /x hello'),
  refused('an extension over 4 KB', 400, chunked(`5;${'a'.repeat(4100)}\r\nhello\r\n0\r\n\r\n`)),
  refused('extensions over 4 KB in all', 400, chunked(`${`1;${'a'.repeat(500)}\r\nx\r\n`.repeat(9)}0\r\n\r\n`)),
  refused('LF after the size', 400, chunked('5\nhello\r\n0\r\n\r\n')),
  refused('LF after the data', 400, chunked('5\r\nhello\n0\r\n\r\n')),
  refused('LF after the end', 400, chunked('5\r\nhello\r\n0\n\r\n')),
  refused('LF alone after the end', 400, chunked('5\r\nhello\r\n0\r\n\n')),
  refused('CR alone after the size', 400, chunked('5\rhello\r\n0\r\n\r\n')),
  refused('CR CR LF after the size', 400, chunked('5\r\r\nhello\r\n0\r\n\r\n')),
  refused('LF in an extension (TERM.EXT)', 400, chunked(`5;\nhello\r\n${(EVIL.length + 10).toString(16)}\r\n0\r\n\r\n${EVIL}0\r\n\r\n`)),
  refused('CR in an extension', 400, chunked('5;a\rb\r\nhello\r\n0\r\n\r\n')),
  refused('data longer than its size', 400, chunked('4\r\nhello\r\n0\r\n\r\n')),
  refused('data shorter than its size', 400, chunked('6\r\nhello\r\n0\r\n\r\n')),
  refused('a blank before the end', 400, chunked('5\r\nhello\r\n 0\r\n\r\n')),
  refused('no CRLF between chunks', 400, chunked('5\r\nhello5\r\nhello\r\n0\r\n\r\n')),
  refused('two CRLF between chunks', 400, chunked('5\r\nhello\r\n\r\n0\r\n\r\n')),
  served('trailers', chunked('5\r\nhello\r\n0\r\nX-A: b\r\nX-C: d\r\n\r\n') + get('/y'), 'POST /x hello', 'GET /y '),
  refused('Content-Length in the trailer', 400, chunked('5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n')),
  refused('Transfer-Encoding in the trailer', 400, chunked('5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n')),
  refused('Host in the trailer', 400, chunked('5\r\nhello\r\n0\r\nHost: evil\r\n\r\n')),
  refused('a folded line in the trailer', 400, chunked('5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n')),
  refused('a bare LF in the trailer', 400, chunked('5\r\nhello\r\n0\r\nA: b\nC: d\r\n\r\n')),
  refused('LF LF at the end of the trailer', 400, chunked('5\r\nhello\r\n0\r\nA: b\n\n')),
  refused('a request where the trailer should be', 400, chunked(`5\r\nhello\r\n0\r\n${EVIL}`)),
  refused('a trailer over 16 KB', 400, chunked(`5\r\nhello\r\n0\r\nA: ${'a'.repeat(17_000)}\r\n\r\n`)),
  refused('a trailer of 65 lines', 400, chunked(`5\r\nhello\r\n0\r\n${'A: b\r\n'.repeat(65)}\r\n`)),
];

// --- the request line

const line = (text: string): string => `${text}\r\n${HOST}\r\n`;
const LINES: readonly MalformedCase[] = [
  refused('a blank in front', 400, line(' GET / HTTP/1.1')),
  refused('two blanks after the method', 400, line('GET  / HTTP/1.1')),
  refused('two blanks before the version', 400, line('GET /  HTTP/1.1')),
  refused('a blank behind', 400, line('GET / HTTP/1.1 ')),
  refused('a tab after the method', 400, line('GET\t/ HTTP/1.1')),
  refused('a tab before the version', 400, line('GET /\tHTTP/1.1')),
  refused('a vertical tab before the version', 400, line('GET /\x0bHTTP/1.1')),
  refused('only a method', 400, line('GET')),
  refused('no target', 400, line('GET  HTTP/1.1')),
  refused('no version (HTTP/0.9)', 400, line('GET /x')),
  refused('LF alone', 400, `GET / HTTP/1.1\n${HOST}\r\n`),
  refused('LF alone everywhere', 400, 'GET / HTTP/1.1\nHost: a.example\n\n'),
  refused('CR alone', 400, `GET / HTTP/1.1\r${HOST}\r\n`),
  refused('CR CR LF', 400, `GET / HTTP/1.1\r\r\n${HOST}\r\n`),
  refused('LF in front', 400, `\n${get('/')}`),
  refused('CR CR LF in front', 400, `\r\r\n${get('/')}`),
  served('CRLF in front', `\r\n${get('/y')}`, 'GET /y '),
  served('several CRLF in front', `\r\n\r\n\r\n${get('/y')}`, 'GET /y '),
  ...['HTTP/1', 'HTTP/1.', 'HTTP/.1', 'HTTP/1.10', 'HTTP/01.1', 'HTTP/11.1', 'http/1.1', 'HTTp/1.1', 'HTTPS/1.1', 'HTTP 1.1', 'HTTP/1,1', 'HTTP/ 1.1', 'HTTP/1.1\0', 'HTTP/1.x', 'HTTP/-1.1', 'XTTP/1.1', 'HTTP/1.1;x', 'HTTP\\1.1'].map((version) => refused(named('the version', version), 400, line(`GET / ${version}`))),
  ...['HTTP/0.9', 'HTTP/2.0', 'HTTP/3.0', 'HTTP/9.9'].map((version) => refused(named('the version', version), 505, line(`GET / ${version}`))),
  refused('the preface of HTTP/2', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  ...['HTTP/1.2', 'HTTP/1.9'].map((version) => refused(named('the version', version), 400, line(`GET /y ${version}`))),
  ...['G@T', 'GE\0T', 'G\xc9T', '"GET"', 'GET:', '(GET)', 'GET,'].map((method) => refused(named('the method', method), 400, line(`${method} / HTTP/1.1`))),
  refused('a method of 17 KB', 414, line(`${'G'.repeat(17_000)} / HTTP/1.1`)),
  refused('TRACE', 405, line('TRACE /x HTTP/1.1')),
  refused('CONNECT', 400, line('CONNECT a.example:443 HTTP/1.1')),
  refused('a method in small letters', 400, line('get /y HTTP/1.1')),
  { ...served('a method that nobody knows', line('BREW /y HTTP/1.1'), 'BREW /y '), targetRefuses: { node: 400 } },
];

// --- the target

const TARGETS: readonly MalformedCase[] = [
  ...['x', '?q', '*', 'a.example:80', 'ftp://a.example/', 'http:/a.example/', 'http:a.example', 'http://', 'http:///x', 'http://?x', 'http://u@a.example/', 'http://u:p@a.example/', 'http://a.example:8x/', 'http://a.example:999999/', 'http://[::1/', 'http://a b/', 'https//a.example/', '/a b', '/a\tb', '/a\0b', '/a\x01', '/a\x7f', '/a#b', '/a\rb', '/a\nb', '\0/', '\\x', '.', '//#'].map((target) => refused(named('the target', target), 400, get(target))),
  { ...served('OPTIONS *', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, 'OPTIONS * '), targetRefuses: { nginx: 400 } },
  refused('POST *', 400, `POST * HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`),
  served('an absolute target', get('http://b.example/y'), 'GET /y '),
  served('an absolute target in capitals', get('HTTP://B.EXAMPLE/y?Q'), 'GET /y?Q '),
  served('an absolute target with a query and no path', get('http://b.example?x=1'), 'GET /?x=1 '),
  served('an absolute target of an IPv6 address', get('http://[::1]:8080/y'), 'GET /y '),
  served('an absolute https target', get('https://b.example:443/y'), 'GET /y '),
  served('an absolute target within the query', get('/y?u=http://evil.example/'), 'GET /y?u=http://evil.example/ '),
  served('two slashes in front', get('//evil.example/y'), 'GET //evil.example/y '),
  served('dots', get('/a/./b'), 'GET /a/./b '),
  served('a backslash', get('/a\\b'), 'GET /a\\b '),
  served('an encoded CRLF', get('/y%0d%0aX:%20z'), 'GET /y%0d%0aX:%20z '),
  served('a question mark in the query', get('/y?a?b'), 'GET /y?a?b '),
  { ...served('an encoded NUL', get('/y%00'), 'GET /y%00 '), targetRefuses: { nginx: 400 } },
  { ...served('a percent sign alone', get('/y%'), 'GET /y% '), targetRefuses: { nginx: 400 } },
  { ...served('octets above 127', get('/\xd1\x81'), 'GET /\xd1\x81 '), targetRefuses: { node: 400 } },
  { ...served('visible signs that URLs may not have', get('/y"<>^`{|}'), 'GET /y"<>^`{|} ') },
  refused('a target over 16 KB', 414, get(`/${'a'.repeat(16_500)}`)),
];

// --- Host

const host = (value: string): string => `GET /y HTTP/1.1\r\nHost:${value}\r\n\r\n`;
const HOSTS: readonly MalformedCase[] = [
  refused('no Host', 400, 'GET / HTTP/1.1\r\nA: b\r\n\r\n'),
  refused('no fields at all', 400, 'GET / HTTP/1.1\r\n\r\n'),
  served('no Host in HTTP/1.0', 'GET /y HTTP/1.0\r\n\r\n', 'GET /y '),
  refused('two Hosts', 400, `GET / HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`),
  refused('two equal Hosts', 400, `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`),
  refused('two Hosts in HTTP/1.0', 400, `GET / HTTP/1.0\r\n${HOST}Host: b\r\n\r\n`),
  refused('two Hosts beside an absolute target', 400, `GET http://a.example/ HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`),
  refused('no Host beside an absolute target', 400, 'GET http://a.example/ HTTP/1.1\r\n\r\n'),
  refused('Host with a blank before the colon', 400, 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'),
  refused('Host on a folded line', 400, 'GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n'),
  ...['', ' ', 'a b', 'a/b', 'a@b', 'u:p@a', 'a:b', 'a:80:80', 'a:123456', 'a:-1', ':80', '[::1', '::1]', '[]', '[zz]', '[::1]x', 'a[b]', 'a?b', 'a#b', 'a\\b', 'a\0', 'a\x7f', '\xe9', 'a"b', '<a>', 'http://a', 'a, b'].map((value) => refused(named('Host', value), 400, host(value))),
  ...['a', ' a ', 'A.EXAMPLE', 'a:80', 'a:', '[::1]', '[::1]:80', '127.0.0.1', 'a_b', 'a..b'].map((value) => ({ ...served(named('Host', value), host(value), 'GET /y '), ...(value === 'a..b' ? { targetRefuses: { nginx: 400 } } : {}) })),
];

// --- fields

const field = (text: string): string => get('/y', `${text}\r\n`);
const FIELDS: readonly MalformedCase[] = [
  ...['A', ': b', 'A b: c', 'A : b', 'A\t: b', ' A: b', '\tA: b', 'A: b\r\n c', 'A: b\r\n\tc', 'A:\r\n b', 'A: b\0', 'A: \0b', 'A\0: b', 'A: b\x01', 'A: b\x7f', 'A: b\x1b[', 'A: b\rc', 'A: b\nc', 'A: b\nC: d', 'A: b\r\r\nC: d', '\0', 'A@: b', 'A(: b', 'A/: b', 'A[]: b', 'A,B: c', 'A;: b', 'A": b', 'A{}: b', 'A=: b', 'A\\: b', '\xc3\x81: b', 'A\xa0: b', 'A\x0b: b', 'A\r: b', '\rA: b', 'A: b\r'].map((text) => refused(named('the field', text), 400, field(text))),
  ...['A:b', 'A:', 'A: \t b \t', 'A: b\tc', 'A: \xe9\xff', 'A: b\x85Content-Length: 5', "!#$%&'*+.^_`|~09: b", '_: b', 'A: :', 'A: b: c', 'A-: b', 'a: b\r\nA: c', 'Connection: close, keep-alive, x-y', 'Keep-Alive: timeout=5', 'TE: trailers', 'Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA', 'Proxy-Connection: keep-alive', 'Connection:', 'Connection: ,,', 'Connection: host', 'Connection: a, \xa0b'].map((text) => served(named('the field', text), field(text), 'GET /y ')),
  refused('LF at the end of the head', 400, `GET / HTTP/1.1\r\n${HOST}\n`),
  refused('LF LF at the end of the head', 400, 'GET / HTTP/1.1\r\nHost: a\n\n'),
  refused('201 fields', 431, get('/', 'A: b\r\n'.repeat(200))),
  refused('a field over 16 KB', 400, get('/', `A: ${'a'.repeat(16_500)}\r\n`)),
  refused('a field name over 16 KB', 400, get('/', `${'A'.repeat(16_500)}: a\r\n`)),
  refused('a head over 64 KB', 400, get('/', `A: ${'a'.repeat(13_000)}\r\n`.repeat(6))),
  refused('Expect', 417, post('Expect: 100-continue, 200\r\nContent-Length: 5\r\n', 'hello')),
  refused('an empty Expect', 417, post('Expect:\r\nContent-Length: 5\r\n', 'hello')),
  refused('X-Forwarded-For of 31', 463, get('/', `X-Forwarded-For: ${'1,'.repeat(30)}1\r\n`)),
];

// --- several requests

const PIPELINES: readonly MalformedCase[] = [
  served('two in one', get('/a') + get('/b'), 'GET /a ', 'GET /b '),
  served('a body between two', get('/a') + post('Content-Length: 5\r\n', 'hello') + get('/b'), 'GET /a ', 'POST /x hello', 'GET /b '),
  served('a body that looks like a request', post(`Content-Length: ${EVIL.length}\r\n`, EVIL) + get('/b'), `POST /x ${EVIL}`, 'GET /b '),
  served('a chunk that looks like a request', chunked(`${EVIL.length.toString(16)}\r\n${EVIL}\r\n0\r\n\r\n`) + get('/b'), `POST /x ${EVIL}`, 'GET /b '),
  served('an empty line between two', `${post('Content-Length: 5\r\n', 'hello')}\r\n${get('/b')}`, 'POST /x hello', 'GET /b '),
  served('Connection names the length, which stays', `${post('Connection: Content-Length\r\nContent-Length: 5\r\n', 'hello')}${get('/b')}`, 'POST /x hello', 'GET /b '),
  served('Connection names the coding, which stays', `${post('Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n', CHUNKED_BODY)}${get('/b')}`, 'POST /x hello', 'GET /b '),
  { name: 'one served, one refused, one dropped', octets: `${get('/a')}GET /b HTTP/1.1\r\nHost : b\r\n\r\n${EVIL}`, answers: [200, 400], sees: ['GET /a '] },
  { name: 'nothing after Connection: close', octets: `${get('/a', 'Connection: close\r\n')}${EVIL}`, answers: [200], sees: ['GET /a '] },
  { name: 'nothing after HTTP/1.0', octets: `GET /a HTTP/1.0\r\n\r\n${EVIL}`, answers: [200], sees: ['GET /a '] },
  { name: 'a body that is longer than it says begins a bad request', octets: post('Content-Length: 3\r\n', 'hello\r\n\r\n'), answers: [200, 400], sees: ['POST /x hel'] },
  served('HTTP/1.0 that stays, with a body', `POST /x HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello${get('/b')}`, 'POST /x hello', 'GET /b '),
  { name: 'an Expect that did not wait', octets: `${post('Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello')}${get('/b')}`, answers: [100, 200, 200], sees: ['POST /x hello', 'GET /b '] },
  { name: 'h2c does not switch', octets: `${get('/a', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n')}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, answers: [200, 505], sees: ['GET /a '] },
  { name: 'a WebSocket does not tunnel', octets: `${get('/a', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n')}${get('/b')}`, answers: [200, 200], sees: ['GET /a ', 'GET /b '] },
];

export const MALFORMED: readonly MalformedCase[] = [...LENGTHS, ...CODINGS, ...BOTH, ...CHUNKS, ...LINES, ...TARGETS, ...HOSTS, ...FIELDS, ...PIPELINES];
