/**
 * An answer that has come whole is the client's, whatever its target does next: servers reset what is left of a request that they have answered (RFC 9113 section 8.1:
 * "Clients MUST NOT discard responses as a result of receiving such a RST_STREAM"), and close connections that nobody waits on. The client here takes its time, so that
 * most of the answer is with the balancer when it happens.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { block, E, END_HEADERS, END_STREAM, frame, GET, POST, RawHttp2, settings, T, uint32 } from './raw.ts';
import type { RawTarget } from './raw-target.ts';
import { RawTargetStage } from './raw-target-stage.ts';

const SIZE = 48_000;
const INITIAL_WINDOW_SIZE = 4;

const ENDS: readonly (readonly [what: string, happens: (line: RawTarget, stream: number) => void])[] = [
  ['the stream is reset without an error', (line, stream) => line.say(frame(T.RST_STREAM, 0, stream, uint32(E.NO_ERROR)))],
  ['the stream is reset with one', (line, stream) => line.say(frame(T.RST_STREAM, 0, stream, uint32(E.CANCEL)))],
  ['the stream is refused', (line, stream) => line.say(frame(T.RST_STREAM, 0, stream, uint32(E.REFUSED_STREAM)))],
  ['more DATA comes', (line, stream) => line.say(frame(T.DATA, END_STREAM, stream, 'more'))],
  ['the target leaves, and says that it has seen nothing', (line) => line.say(frame(T.GOAWAY, 0, 0, Buffer.alloc(8)))],
  ['the target breaks a rule', (line) => line.say(frame(T.PING, 0, 3, 'pingpong'))],
  ['the connection is closed', (line) => line.close()],
];

describe('an answer that is whole', () => {
  let raw: RawTargetStage;

  before(async () => {
    raw = await RawTargetStage.open(5_000);
  });

  after(() => raw.close());

  /** All of it, and what the request ends with. */
  async function taken(client: RawHttp2): Promise<void> {
    client.send(frame(T.WINDOW_UPDATE, 0, 1, uint32(SIZE)));
    assert.equal((await client.answered(1)).length, SIZE);
    assert.equal(raw.stage.ended.at(-1)!.fault, null);
    client.close();
    for (const line of raw.lines) line.close();
    raw.lines = [];
  }

  /** Says an answer that the client does not take, and then what `happens`. */
  const answers = (happens: (line: RawTarget, stream: number) => void, ...more: readonly (readonly [string, string])[]) => (line: RawTarget): void => {
    const stream = line.asked.at(-1)!;
    line.say(frame(T.HEADERS, END_HEADERS, stream, block([[':status', '200'], ...more])), ...[0, 1, 2].map((i) => frame(T.DATA, i === 2 ? END_STREAM : 0, stream, Buffer.alloc(SIZE / 3))));
    happens(line, stream);
    line.say(frame(T.PING, 0, 0, 'all read'));
  };

  for (const [what, happens] of ENDS) {
    for (const length of [[], [['content-length', String(SIZE)]]] as const) {
      it(`${what}${length.length === 0 ? '' : ', with a length'}`, async () => {
        raw.heard = answers(happens, ...length);
        const client = await RawHttp2.open(raw.port, { settings: settings([INITIAL_WINDOW_SIZE, 10]) });
        client.send(frame(T.HEADERS, END_HEADERS | END_STREAM, 1, block(GET)));
        await client.until((f) => f.type === T.DATA);
        await eventually('the target has been heard out', () => raw.lines.at(-1)!.closed || raw.lines.at(-1)!.heardOf(T.PING));
        assert.equal(client.body(1).length, 10);
        await taken(client);
      });
    }
  }

  it('while the request is still being sent, to a target that takes no more of it', async () => {
    raw.opened = (line) => line.hello({ streams: 100, window: 0 });
    raw.heard = answers((line, stream) => line.say(frame(T.RST_STREAM, 0, stream, uint32(E.NO_ERROR))));
    const client = await RawHttp2.open(raw.port, { settings: settings([INITIAL_WINDOW_SIZE, 10]) });
    client.send(frame(T.HEADERS, END_HEADERS, 1, block(POST)), frame(T.DATA, 0, 1, Buffer.alloc(16_000)), frame(T.DATA, 0, 1, Buffer.alloc(16_000)));
    await client.until((f) => f.type === T.DATA);
    await eventually('the target has been heard out', () => raw.lines.at(-1)!.heardOf(T.PING));
    // a client that reads nothing before it has said all is let on
    client.send(frame(T.DATA, 0, 1, Buffer.alloc(16_000)), frame(T.DATA, 0, 1, Buffer.alloc(16_000)));
    await client.until((f) => f.type === T.WINDOW_UPDATE && f.stream === 1);
    client.send(frame(T.DATA, END_STREAM, 1, Buffer.alloc(1_000)));
    await taken(client);
  });
});
