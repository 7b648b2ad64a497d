/**
 * What a hello is answered that is not as it should be: as RFC 8446 (section 6.2 and those named) says, and the alert is read before the connection ends. Both ways of speaking TLS answer alike:
 * `NODE_OPTIONS=--no-experimental-ffi` for the other.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { greet, TlsClient } from './client.ts';
import { alpn, answerTo, groups, hello12, hello13, message, P256, padding, records, serverName, shares, versions, X, X25519, X25519_KEY, type Extension, type Hello } from './hello.ts';
import { TlsStage } from './stage.ts';

let stage: TlsStage;
before(async () => {
  const authority = await TestAuthority.make();
  stage = await TlsStage.open({ sites: { shop: { certificates: [await authority.leaf('shop', ['shop.example.com'])] } } }, { port: await freePort() });
});
after(() => stage.close());

const GOOD = 'ServerHello 1.3';
const alert = (number: number): string => `alert ${number}, end`;
const UNEXPECTED = alert(10);
const OVERFLOW = alert(22);
const NO_HANDSHAKE = alert(40);
const ILLEGAL = alert(47);
const UNDECODABLE = alert(50);
const NO_VERSION = alert(70);
const FALLBACK = alert(86);
const MISSING = alert(109);
const NO_NAME = alert(112);
const NO_PROTOCOL = alert(120);

const without = (...kinds: readonly number[]): Partial<Hello> => ({ extensions: hello13().extensions.filter(([kind]) => !kinds.includes(kind)) });
/** A ticket that nobody has given, and a binder of nothing. */
const psk: Extension = [X.psk, Buffer.concat([Buffer.from([0, 38, 0, 32]), Buffer.alloc(32, 5), Buffer.from([0, 0, 0, 1, 0, 33, 32]), Buffer.alloc(32, 6)])];
const pskModes: Extension = [X.pskModes, Buffer.from([1, 1])];

const OF_13: readonly (readonly [what: string, answer: string, change: Partial<Hello>, ...more: readonly Extension[]])[] = [
  ['nothing amiss', GOOD, {}],
  ['GREASE everywhere (RFC 8701)', GOOD, { suites: [0x0a0a, 0x1301] }, versions(0x1a1a, 0x0304), groups(0x2a2a, X25519), shares([0x2a2a, Buffer.from([0])], [X25519, X25519_KEY]), [0x3a3a, Buffer.alloc(1)]],
  ['no share yet', 'HelloRetryRequest', {}, shares()],
  ['a point that is on no curve', ILLEGAL, {}, shares([P256, Buffer.alloc(65, 4)])],
  ['a share that gives nothing away (RFC 7748 section 6.1)', ILLEGAL, {}, shares([X25519, Buffer.alloc(32)])],
  ['a share that is too short', ILLEGAL, {}, shares([X25519, Buffer.alloc(31, 1)])],
  ['an empty share', UNDECODABLE, {}, shares([X25519, Buffer.alloc(0)])],
  ['a share of a group that is not offered (4.2.8)', ILLEGAL, {}, groups(P256)],
  ['no group of ours', NO_HANDSHAKE, {}, groups(0x0100), shares([0x0100, Buffer.alloc(10)])],
  ['no groups', MISSING, without(X.groups)],
  ['no shares', MISSING, without(X.shares)],
  ['no signatures', MISSING, without(X.signatures)],
  ['a version to come', NO_VERSION, {}, versions(0x0305)],
  ['no suite of ours', NO_HANDSHAKE, { suites: [0x0005] }],
  ['no suite', UNDECODABLE, { suites: [] }],
  ['suites of TLS 1.2 alone', NO_HANDSHAKE, { suites: [0xc02b], extensions: [...hello13().extensions.filter(([kind]) => kind !== X.versions), versions(0x0304)] }],
  ['compression besides none (4.1.2)', ILLEGAL, { compression: Buffer.from([1, 0]) }],
  ['no compression method', UNDECODABLE, { compression: Buffer.alloc(0) }],
  ['an extension twice', ILLEGAL, { extensions: [...hello13().extensions, versions(0x0304)] }],
  ['octets behind it', UNDECODABLE, { rest: Buffer.from([1, 2, 3]) }],
  ['a session id of 33 octets', UNDECODABLE, { sessionId: Buffer.alloc(33) }],
  ['a random of 31 octets', UNDECODABLE, { random: Buffer.alloc(31) }],
  ['a protocol of ours (RFC 7301)', GOOD, {}, alpn('spdy/1', 'http/1.1')],
  ['no protocol of ours', NO_PROTOCOL, {}, alpn('spdy/1')],
  ['an empty list of protocols', UNDECODABLE, {}, alpn()],
  ['an empty protocol', UNDECODABLE, {}, alpn('')],
  ['a name (RFC 6066 section 3)', GOOD, {}, serverName('shop.example.com')],
  ['a name with a dot behind it', GOOD, {}, serverName('shop.example.com.')],
  ['a name in capitals', GOOD, {}, serverName('SHOP.EXAMPLE.COM')],
  ['an address for a name', GOOD, {}, serverName('127.0.0.1')],
  ['a name that nobody serves', GOOD, {}, serverName('unknown.example')],
  ['an empty name', GOOD, {}, serverName('')],
  ['no name in the list', UNDECODABLE, {}, serverName()],
  ['two names', UNDECODABLE, {}, serverName('shop.example.com', 'other.example.com')],
  ['a name with a zero in it', NO_NAME, {}, serverName('shop.example.com\0.other.example')],
  ['a name of 256 octets', NO_NAME, {}, serverName('a'.repeat(256))],
  ['a name of another kind', UNDECODABLE, {}, [X.serverName, Buffer.from([0, 5, 9, 0, 2, 65, 66])]],
  ['short records (RFC 6066 section 4)', GOOD, {}, [X.maxFragment, Buffer.from([1])]],
  ['short records of no known length', ILLEGAL, {}, [X.maxFragment, Buffer.from([5])]],
  ['a ticket that nobody has given', GOOD, {}, pskModes, psk],
  ['a ticket without modes (4.2.9)', MISSING, {}, psk],
  ['a ticket that is not last (4.2.11)', ILLEGAL, {}, pskModes, psk, padding(3)],
  ['early data to a ticket that nobody has given', GOOD, {}, [X.earlyData, Buffer.alloc(0)], pskModes, psk],
  ['more than a record', GOOD, {}, padding(40_000)],
  ['almost all that there may be', GOOD, {}, padding(64_000)],
  ['a thousand extensions that nobody knows', GOOD, { extensions: [...hello13().extensions, ...Array.from({ length: 1000 }, (_, i): Extension => [0x5000 + i, Buffer.alloc(2)])] }],
];

const OF_12: readonly (readonly [what: string, answer: string, change: Partial<Hello>, ...more: readonly Extension[]])[] = [
  ['nothing amiss', 'ServerHello 1.2', {}],
  ['a version that was never given', 'ServerHello 1.2', { legacyVersion: 0x0505 }],
  ['TLS 1.1', NO_VERSION, { legacyVersion: 0x0302 }],
  ['SSL 3', NO_HANDSHAKE, { legacyVersion: 0x0300 }],
  ['a fallback that was not needed (RFC 7507)', FALLBACK, { suites: [0xc02b, 0x5600] }],
  ['no compression method but one', ILLEGAL, { compression: Buffer.from([1]) }],
  ['no protocol of ours', NO_PROTOCOL, {}, alpn('spdy/1')],
  ['a ticket that nobody has given (RFC 5077)', 'ServerHello 1.2', {}, [X.ticket, Buffer.alloc(192, 5)]],
];

const whole = message(hello13());
const OCTETS: readonly (readonly [what: string, answer: string, octets: Buffer])[] = [
  ['records of one octet', GOOD, records(whole, { length: 1 })],
  ['a record that says SSL 3', GOOD, records(whole, { version: 0x0300 })],
  ['a record that is too long (5.1)', OVERFLOW, Buffer.concat([Buffer.from([22, 3, 1, 0x48, 1, 1, 0, 0x47, 0xfd]), Buffer.alloc(18_429)])],
  ['a thousand empty records', UNEXPECTED, Buffer.alloc(5000, Buffer.from([22, 3, 1, 0, 0]))],
  ['a thousand warnings', UNEXPECTED, Buffer.alloc(7000, Buffer.from([21, 3, 3, 0, 2, 1, 90]))],
  ['a change of ciphers first', UNEXPECTED, Buffer.concat([Buffer.from([20, 3, 3, 0, 1, 1]), records(whole)])],
  ['octets of an application', UNEXPECTED, records(Buffer.from('GET / HTTP/1.1\r\n'), { type: 23 })],
  ['a heartbeat', UNEXPECTED, Buffer.from([24, 3, 1, 0, 3, 1, 0x40, 0])],
  ['the end of a handshake', UNEXPECTED, records(Buffer.from([20, 0, 0, 12, ...Array<number>(12).fill(0)]))],
  ['what a server says', UNEXPECTED, records(Buffer.from([2, 0, 0, 4, 0, 0, 0, 0]))],
  ['SSL 2', NO_VERSION, Buffer.from([0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10, 1, 0, 0x80, ...Array<number>(34).fill(0)])],
];

const CASES = [
  ...OF_13.map(([what, answer, change, ...more]) => [`TLS 1.3: ${what}`, answer, records(message(hello13(change, more)))] as const),
  ...OF_12.map(([what, answer, change, ...more]) => [`TLS 1.2: ${what}`, answer, records(message(hello12(change, more)))] as const),
  ...OCTETS,
];

test('each is answered as it must be, and none disturbs who comes in between', async () => {
  const wrong: string[] = [];
  for (const [what, wanted, octets] of CASES) {
    const { answer } = await answerTo(stage.port, octets);
    if (answer !== wanted) wrong.push(`${what}: ${answer}, not ${wanted}`);
  }
  assert.deepEqual(wrong, []);
  await greet(stage.port, { servername: 'shop.example.com' }, async (client) => assert.equal((await client.request()).status, 200));
});

test('all at once, they are answered no differently', async () => {
  const answers = await Promise.all(CASES.map(([, , octets]) => answerTo(stage.port, octets, { patienceMs: 20_000 })));
  assert.deepEqual(CASES.flatMap(([what, wanted], i) => (answers[i]!.answer === wanted ? [] : [`${what}: ${answers[i]!.answer}, not ${wanted}`])), []);
});

test('who could speak TLS 1.3 and is answered in TLS 1.2 can tell (RFC 8446 section 4.1.3)', async () => {
  const { heard } = await answerTo(stage.port, records(message(hello12())));
  assert.equal(heard.subarray(5 + 6 + 24, 5 + 6 + 32).toString('latin1'), 'DOWNGRD\x01');
});

/** The first that a client says that goes on with a session. */
async function resuming(session: Buffer): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectTls({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', session, rejectUnauthorized: false });
  client.on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => {});
  const [octets] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return octets;
}

test('a ticket of ours whose binder is wrong is refused (RFC 8446 section 4.2.11.2)', async () => {
  const client = await TlsClient.open(stage.port);
  await client.request();
  await client.until(() => client.tickets.length > 0);
  client.close();
  const octets = await resuming(client.tickets[0]!);
  assert.equal((await answerTo(stage.port, octets)).answer, GOOD);
  octets[octets.length - 1]! ^= 1;
  assert.equal((await answerTo(stage.port, octets)).answer, alert(51));
});
