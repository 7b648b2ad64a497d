import assert from 'node:assert/strict';
import { ChunkedDecoder, endToEnd, FieldLines, fieldSet, type Flaw, flawName, HOP_BY_HOP, HOST_FIELD, INCOMPLETE, OK, RequestHead, ResponseHeadParser } from '../../src/data-plane/wire/index.ts';
import { latin1, seededRandom } from '../../src/kernel/index.ts';
import { frame, LIMITS } from './framing.ts';
import { chunks, cuts, Dice, mutated, request, response } from './grammar.ts';
import { oracle } from './llhttp.ts';

const requestHead = new RequestHead(LIMITS);
const responseHead = new ResponseHeadParser(LIMITS);
const fieldLines = new FieldLines(LIMITS);
const stale = new RequestHead(LIMITS);

/** How far a case came: a generator whose cases are all refused would find nothing. */
export type Reach = 'stream-compared' | 'stream-refused' | 'head-read' | 'head-refused' | 'response-read' | 'response-refused' | 'body-read' | 'body-refused' | 'fields-copied' | 'fields-refused';

/** One case; throws where an invariant does not hold. */
export function check(seed: number): Reach {
  const dice = new Dice(seededRandom(seed));
  switch (dice.number(8)) {
    case 0:
    case 1:
    case 2:
      return stream(dice);
    case 3:
      return headAtPrefixes(dice);
    case 4:
      return responseAtPrefixes(dice);
    case 5:
    case 6:
      return chunkedAtCuts(dice);
    default:
      return fieldsCopied(dice);
  }
}

/** Octets that once broke something, cut at every position and octet by octet. */
export function checkAgain(entry: { readonly kind: string; readonly octets: string }): void {
  const octets = Buffer.from(entry.octets, 'latin1');
  const cut = entry.kind === 'body' ? decode : frame;
  const whole = cut(octets, [octets.length]);
  for (let at = 0; at <= octets.length; at++) assert.deepEqual(cut(octets, [at, octets.length]), whole, `cut at ${at}: ${JSON.stringify(entry.octets)}`);
  assert.deepEqual(cut(octets, Array.from(octets, (_, i) => i + 1)), whole, JSON.stringify(entry.octets));
}

/** A connection's worth of requests: alike however it is cut, and like node:http wherever both accept. */
function stream(dice: Dice): Reach {
  let text = request(dice);
  while (dice.chance(0.4)) text += request(dice);
  const octets = Buffer.from(mutated(dice, text), 'latin1');
  const whole = frame(octets, [octets.length]);
  const at = dice.chance(0.1) ? Array.from({ length: octets.length }, (_, i) => i + 1) : cuts(dice, octets.length);
  assert.deepEqual(frame(octets, at), whole, `cut at ${at.join()}: ${JSON.stringify(octets.toString('latin1'))}`);
  const theirs = oracle(octets);
  const both = Math.min(whole.requests.length, theirs.requests.length);
  for (let i = 0; i < both; i++) {
    const [ours, other] = [whole.requests[i]!, theirs.requests[i]!];
    assert.deepEqual([ours.method, ours.body], [other.method, other.body], `request ${i} of ${JSON.stringify(octets.toString('latin1'))}`);
  }
  // a request that is whole to us and not yet to it, though it refuses nothing: its end is in doubt
  if (whole.requests.length > both && !theirs.refused && !theirs.upgraded) assert.fail(`node:http waits for more of request ${both} of ${JSON.stringify(octets.toString('latin1'))}`);
  return both > 0 ? 'stream-compared' : 'stream-refused';
}

/** What a head is worth is said by its first octets that say it, and never taken back. */
function headAtPrefixes(dice: Dice): Reach {
  const text = mutated(dice, request(dice));
  const flaw = parsed(requestHead, text);
  const seen = describeHead(requestHead, flaw);
  const end = flaw === OK ? requestHead.fields.end : text.length;
  assert.ok(end <= text.length);
  for (const at of cuts(dice, text.length)) {
    const cut = parsed(stale, text.slice(0, at));
    if (flaw === OK && at < end) assert.equal(flawName(cut), 'incomplete', `${at} of ${JSON.stringify(text)}`);
    else if (cut !== INCOMPLETE) assert.deepEqual(describeHead(stale, cut), seen, `${at} of ${JSON.stringify(text)}`);
  }
  if (flaw !== OK) return 'head-refused';
  // anywhere in a longer text it is the same
  const moved = stale.parse(Buffer.from(`xx${text}`, 'latin1'), 2, text.length + 2);
  assert.equal(moved, OK);
  assert.deepEqual([stale.fields.end, stale.method, stale.target, stale.host], [end, requestHead.method, requestHead.target, requestHead.host]);
  if (requestHead.chunked) assert.equal(requestHead.contentLength, -1);
  assert.ok(requestHead.contentLength >= -1 && Number.isSafeInteger(requestHead.contentLength));
  assert.ok(requestHead.target === '*' || requestHead.target.startsWith('/'));
  assert.ok(!/[\0\r\n ]/.test(requestHead.method + requestHead.target + requestHead.authority));
  return 'head-read';
}

function parsed(head: RequestHead | ResponseHeadParser, text: string): Flaw {
  return head.parse(Buffer.from(text, 'latin1'), 0, text.length);
}

function describeHead(head: RequestHead, flaw: number): readonly unknown[] {
  if (flaw !== OK) return [flawName(flaw)];
  return [head.method, head.target, head.path, head.query, head.version, head.authority, head.host, head.absolute, head.contentLength, head.chunked, head.keepAlive, head.expectsContinue, head.present, head.connectionNames, head.fields.count, head.fields.end];
}

function responseAtPrefixes(dice: Dice): Reach {
  const text = mutated(dice, response(dice));
  const flaw = parsed(responseHead, text);
  const end = flaw === OK ? responseHead.fields.end : text.length;
  const { status, contentLength, chunked } = responseHead;
  if (flaw === OK) {
    assert.ok(status >= 100 && status <= 999);
    assert.ok(!chunked || contentLength === -1);
    assert.ok(!/[\0\r\n]/.test(responseHead.reason));
  }
  for (const at of cuts(dice, text.length)) {
    const cut = parsed(responseHead, text.slice(0, at));
    if (flaw === OK && at < end) assert.equal(flawName(cut), 'incomplete', `${at} of ${JSON.stringify(text)}`);
    else if (cut !== INCOMPLETE) assert.equal(flawName(cut), flawName(flaw), `${at} of ${JSON.stringify(text)}`);
  }
  return flaw === OK ? 'response-read' : 'response-refused';
}

interface Decoded {
  data: string;
  trailers: string;
  flaw: string;
  /** Octets that belong to the body; -1 for a body with a flaw. */
  length: number;
}

function decode(octets: Buffer, at: readonly number[]): Decoded {
  const decoder = new ChunkedDecoder();
  const out: Decoded = { data: '', trailers: '', flaw: 'incomplete', length: -1 };
  let from = 0;
  for (const to of at) {
    const part = octets.subarray(from, to);
    decoder.position = 0;
    while (decoder.position < part.length && !decoder.done) {
      const before = decoder.position;
      const flaw = decoder.next(part, part.length);
      if (flaw !== OK && flaw !== INCOMPLETE) return { ...out, flaw: flawName(flaw) };
      assert.ok(decoder.position <= part.length && decoder.dataEnd <= part.length && decoder.dataStart <= decoder.dataEnd, 'read past the end');
      assert.ok(decoder.position > before || decoder.done, 'no progress');
      out.data += latin1(part, decoder.dataStart, decoder.dataEnd);
    }
    if (decoder.done) return { data: out.data, trailers: decoder.trailers, flaw: 'ok', length: from + decoder.position };
    from = to;
  }
  return out;
}

function chunkedAtCuts(dice: Dice): Reach {
  const octets = Buffer.from(mutated(dice, chunks(dice)), 'latin1');
  const whole = decode(octets, [octets.length]);
  const at = dice.chance(0.1) ? Array.from({ length: octets.length }, (_, i) => i + 1) : cuts(dice, octets.length);
  assert.deepEqual(decode(octets, at), whole, `cut at ${at.join()}: ${JSON.stringify(octets.toString('latin1'))}`);
  if (whole.flaw === 'ok' && whole.length > 0) assert.deepEqual(decode(octets.subarray(0, whole.length), [whole.length]), whole);
  return whole.flaw === 'ok' ? 'body-read' : 'body-refused';
}

/** `endToEnd` against the same in plain words. */
function fieldsCopied(dice: Dice): Reach {
  const text = mutated(dice, request(dice));
  if (parsed(requestHead, text) !== OK) return 'fields-refused';
  const block = text.slice(requestHead.fieldsStart, requestHead.fields.end);
  assert.equal(fieldLines.read(block), OK);
  const named = requestHead.connectionNames.split(',').filter((name) => name !== '' && name !== 'host' && name !== 'content-length');
  const dropped = new Set([...named, 'connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade', 'http2-settings', 'expect', 'host']);
  const expected = block.slice(0, -2).split(/(?<=\r\n)/).filter((line) => line !== '' && !dropped.has(line.slice(0, line.indexOf(':')).toLowerCase())).join('');
  assert.equal(endToEnd(fieldLines, HOP_BY_HOP | fieldSet(HOST_FIELD), requestHead.connectionNames), expected, JSON.stringify(text));
  return 'fields-copied';
}
