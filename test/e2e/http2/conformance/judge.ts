import { ACK, E, END_STREAM, frame, RawHttp2, T, type Frame } from '../raw.ts';

/** What a client does or hears in turn; the last of a script is the verdict. */
export type Step = Buffer | Judgement;
export type Judgement = (client: RawHttp2) => Promise<void>;

/** One rule, and how it is seen whether it is held. */
export interface Case {
  /** RFC 9113; RFC 7541 with `hpack`. */
  readonly section: string;
  readonly what: string;
  /** Preface and SETTINGS are part of the script. */
  readonly raw?: boolean;
  readonly script: readonly Step[];
}

/** How long a judge waits for the next thing to happen. A suite waits two seconds; tests run on machines that have other work. */
const PATIENCE_MS = 10_000;

/** Where a case is tried. */
export interface Place {
  readonly name: string;
  readonly port: number;
  readonly cleartext: boolean;
  /** Between two things that the client sends. */
  readonly pauseMs: number;
}

/** Tries a case: what is wrong with what came of it, if anything is. */
export async function failures({ raw = false, script }: Case, { name, port, cleartext, pauseMs }: Place): Promise<readonly string[]> {
  const client = await RawHttp2.open(port, { hello: !raw, cleartext });
  return (await play(client, script, pauseMs)).map((wrong) => `${name}: ${wrong}`);
}

/** One step after another, on a connection that is over with them: what is wrong with what came of it. */
export async function play(peer: RawHttp2, script: readonly Step[], pauseMs: number): Promise<readonly string[]> {
  try {
    for (const step of script) {
      if (typeof step === 'function') await step(peer);
      else {
        peer.send(step);
        // a burst is a burst in any case
        if (pauseMs > 0 && script.length < 10) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    return [];
  } catch (error) {
    return [(error as Error).message];
  } finally {
    peer.close();
  }
}

type Heard = Frame | 'closed' | 'silent';

const codeOf = ({ type, payload }: Frame): number => payload.readUInt32BE(type === T.GOAWAY ? 4 : 0);
const nameOf = (code: number): string => Object.entries(E).find(([, value]) => value === code)?.[0] ?? String(code);

/** Hears one thing after another until one is what is asked for; fails when nothing more comes. */
async function hear(client: RawHttp2, what: string, passes: (heard: Heard) => boolean): Promise<void> {
  for (;;) {
    const heard = await client.next(PATIENCE_MS);
    if (passes(heard)) return;
    if (heard === 'closed' || heard === 'silent') throw new Error(`${what} was to come, and it is ${heard}; heard ${client.told()}`);
  }
}

/** The connection ends: told with one of the codes, or simply closed. */
export const connectionError = (...codes: readonly number[]): Judgement => (client) =>
  hear(client, `GOAWAY of ${codes.map(nameOf).join(' or ')}`, (heard) => heard === 'closed' || (heard !== 'silent' && heard.type === T.GOAWAY && codes.includes(codeOf(heard))));

/** Some stream, or the connection, ends with one of the codes, or the connection is simply closed. */
export const streamError = (...codes: readonly number[]): Judgement => (client) =>
  hear(client, `RST_STREAM of ${codes.map(nameOf).join(' or ')}`, (heard) =>
    heard === 'closed' || (heard !== 'silent' && (heard.type === T.GOAWAY || heard.type === T.RST_STREAM) && codes.includes(codeOf(heard))));

/** GOAWAY itself; closing is not enough. */
export const goAway = (...codes: readonly number[]): Judgement => only('GOAWAY', (f) => f.type === T.GOAWAY, (f) => codes.length === 0 || codes.includes(codeOf(f)));

/** The first RST_STREAM is of this stream and code; GOAWAY and closing are not enough. */
export const reset = (stream: number, code: number): Judgement => only('RST_STREAM', (f) => f.type === T.RST_STREAM, (f) => f.stream === stream && codeOf(f) === code);

export const connectionCloses: Judgement = (client) => hear(client, 'the end of the connection', (heard) => heard === 'closed');

export const streamEnds: Judgement = (client) =>
  hear(client, 'the end of the stream', (heard) => typeof heard === 'object' && (heard.type === T.DATA || heard.type === T.HEADERS) && (heard.flags & END_STREAM) !== 0);

/** The first frame of a kind, which must be right. */
function only(what: string, kind: (f: Frame) => boolean, right: (f: Frame) => boolean): Judgement {
  return async (client) => {
    let found: Frame | null = null;
    await hear(client, what, (heard) => typeof heard === 'object' && kind(heard) && (found = heard) !== null);
    if (!right(found!)) throw new Error(`not the right ${what}; heard ${client.told()}`);
  };
}

export const answered = (stream: number): Judgement => only('HEADERS', (f) => f.type === T.HEADERS, (f) => f.stream === stream);
export const data: Judgement = only('DATA', (f) => f.type === T.DATA, () => true);
export const dataOfOneOctet: Judgement = only('DATA', (f) => f.type === T.DATA, (f) => f.payload.length === 1);
export const settingsAcknowledged: Judgement = only('SETTINGS', (f) => f.type === T.SETTINGS, (f) => (f.flags & ACK) !== 0);
export const serverSettings: Judgement = async (client) => {
  const first = await client.next(PATIENCE_MS);
  if (typeof first !== 'object' || first.type !== T.SETTINGS || (first.flags & ACK) !== 0) throw new Error(`SETTINGS is not the first frame; heard ${client.told()}`);
};

export const ping = (mark: string): Buffer => frame(T.PING, 0, 0, mark);
/** The first PING that comes is the acknowledgement of this one. */
export const pong = (mark: string): Judgement => only('PING', (f) => f.type === T.PING, (f) => (f.flags & ACK) !== 0 && f.payload.toString('latin1') === mark);
