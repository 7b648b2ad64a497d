/**
 * Fuzzes TLS towards clients (docs/decisions/0018): `node test/fuzz/tls.ts [--cases N] [--seed S]`. Case i has the seed S + i. Each case is a few connections on one thread, heard and answered in
 * turns of the loop, cut anywhere: clients that keep to the rules, with new keys, short records, ends and pauses, and such whose octets are changed, dropped, doubled and invented. Nothing of a connection
 * may reach another; who keeps to the rules is served whole and in order; who does not hears and says no more than a beginning of what was said; what OpenSSL was asked for is freed once.
 */
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/kernel/index.ts';
import { Dice } from './grammar.ts';
import { Exchange, LineThrew, type Line } from './tls-line.ts';

export interface TlsFuzzRun {
  readonly cases: number;
  /** Connections that were served whole, though others were not in order. */
  readonly whole: number;
  /** Connections whose octets were not in order, or whose end was rough. */
  readonly spoiled: number;
  /** Those of them that OpenSSL has refused. */
  readonly refused: number;
  readonly failures: readonly { readonly seed: number; readonly error: Error }[];
}

const PATIENCE_MS = 3_000;
const WAYS = ['write', 'writeBuffer', 'writeOctets'] as const;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A text that says where it stands. */
function text(dice: Dice, line: string, at: number): string {
  const length = dice.pick([1, 20, 500, 3_000, 16_384, 16_385, 40_000]);
  return `${line}${at}.`.repeat(Math.ceil(length / 8)).slice(0, dice.chance(0.5) ? length : 1 + dice.number(length));
}

/** Octets that were said, changed. */
function mutated(dice: Dice, octets: Buffer): Buffer {
  const at = dice.number(octets.length);
  const to = at + dice.number(Math.min(200, octets.length - at));
  const head = octets.subarray(0, at);
  switch (dice.number(8)) {
    case 0: {
      const changed = Buffer.from(octets);
      changed[at] = dice.number(256);
      return changed;
    }
    case 1:
      return Buffer.concat([head, octets.subarray(to)]);
    case 2:
      return Buffer.concat([octets.subarray(0, to), octets.subarray(at)]);
    case 3: {
      const record = Buffer.alloc(5 + dice.number(40), dice.number(256));
      record[0] = 20 + dice.number(6);
      record.writeUInt16BE(dice.pick([0x0301, 0x0303, 0x0304, 0x7fff]), 1);
      record.writeUInt16BE(dice.chance(0.7) ? record.length - 5 : dice.number(65_536), 3);
      return Buffer.concat([head, record, octets.subarray(at)]);
    }
    case 4:
      return Buffer.concat([head, Buffer.alloc(5 * (1 + dice.number(2000)), Buffer.from([dice.pick([21, 22, 23]), 3, 3, 0, 0])), octets.subarray(at)]);
    case 5:
      return Buffer.concat([head, Buffer.alloc(7 * (1 + dice.number(1000)), Buffer.from([21, 3, 3, 0, 2, 1, dice.pick([0, 90, 100])])), octets.subarray(at)]);
    case 6:
      return Buffer.concat([head, Buffer.alloc(6 * (1 + dice.number(500)), Buffer.from([20, 3, 3, 0, 1, 1])), octets.subarray(at)]);
    default:
      return Buffer.concat([octets.subarray(to), head]);
  }
}

class Case {
  readonly lines: Line[] = [];
  readonly #exchange: Exchange;
  readonly #dice: Dice;
  #steps = 0;

  constructor(exchange: Exchange, seed: number) {
    this.#exchange = exchange;
    this.#dice = new Dice(seededRandom(seed));
  }

  async run(): Promise<void> {
    const dice = this.#dice;
    const count = 2 + dice.number(3);
    for (let i = 0; i < count; i++) {
      const tls12 = dice.chance(0.3);
      const line = await this.#exchange.line({ tls12, ...(dice.chance(0.3) ? { maxFragment: dice.pick([1, 2, 3, 4]) } : {}), ...(dice.chance(0.7) ? { alpn: dice.pick(['h2', 'http/1.1']) } : {}) }, (of) => this.#hear(of));
      this.lines.push(line);
      const rude = i > 0 && dice.chance(0.5);
      if (rude && dice.chance(0.3)) this.#spoil(line);
      line.ours.once('secure', () => {
        if (rude && dice.chance(0.1)) this.#leave(line);
        else if (dice.chance(0.1)) {
          line.ours.pause();
          line.paused = true;
        }
      });
      for (const event of ['end', 'error']) if (rude && dice.chance(0.2)) line.ours.once(event, () => this.#leave(line));
    }
    for (let i = 0; i < 80; i++) {
      await this.#step(dice.pick(this.lines));
      this.#exchange.checkEmpty();
    }
    await this.#finish();
  }

  #leave(line: Line): void {
    line.spoiled = true;
    line.ours.destroy();
  }

  /** Octets of it are changed. */
  #spoil(line: Line): void {
    if (line.unheard.length === 0) return;
    line.spoiled = true;
    line.unheard = mutated(this.#dice, line.unheard);
  }

  #hear(line: Line): boolean {
    const dice = this.#dice;
    if (line !== this.lines[0] && dice.chance(0.015)) {
      this.#leave(line);
      if (line.delivering && dice.chance(0.3)) throw new LineThrew();
    }
    if (dice.chance(0.3)) this.#tell(dice.pick(this.lines));
    if (dice.chance(0.05)) {
      line.ours.pause();
      line.ours.resume();
      line.settling = true;
    }
    return !dice.chance(0.2);
  }

  #tell(line: Line): void {
    const dice = this.#dice;
    line.tell(text(dice, 'server', this.#steps), dice.pick(WAYS));
    if (dice.chance(0.2)) line.writer?.flush();
  }

  async #step(line: Line): Promise<void> {
    const dice = this.#dice;
    this.#steps++;
    switch (dice.number(14)) {
      case 0:
      case 1:
        return line.write(text(dice, 'client', this.#steps));
      case 2:
        // no more than may wait where it does not read
        if (!line.client.secured || line.clientEnded || line.raw.isPaused()) return;
        for (let i = dice.number(4); i >= 0; i--) line.say(line.client.keyUpdate(dice.chance(0.6)));
        return;
      case 3:
      case 4:
      case 5:
      case 6:
        return line.deliver(dice.chance(0.5) ? line.unheard.length : dice.number(line.unheard.length + 1));
      case 7:
        for (let i = dice.number(60); i >= 0; i--) line.deliver(1);
        return;
      case 8:
        return this.#tell(line);
      case 9:
        return line.resume();
      case 10:
        if (dice.chance(0.5)) line.raw.pause();
        else line.raw.resume();
        return;
      case 11:
        if (line !== this.lines[0] && dice.chance(0.3)) this.#spoil(line);
        return;
      case 12:
        return this.#part(line);
      default:
        await turn();
        for (const one of this.lines) one.settling = false;
    }
  }

  /** One side says that it has said all, or leaves. */
  #part(line: Line): void {
    const dice = this.#dice;
    switch (dice.number(20)) {
      case 0:
      case 1:
        return line.end();
      case 2:
      case 3:
        if (!line.client.secured || line.clientEnded) return;
        return this.#clientEnds(line);
      case 4:
        if (line !== this.lines[0]) this.#leave(line);
    }
  }

  #clientEnds(line: Line): void {
    const octets = line.client.closeNotify();
    // not in the middle of something else
    if (octets.length === 0) return;
    line.clientEnded = true;
    line.say(octets);
    // to nobody
    if (this.#dice.chance(0.5)) line.say(Buffer.alloc(100, 7));
  }

  async #finish(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (const line of this.lines) line.raw.resume();
    for (let left = 200; ; left--) {
      for (const line of this.lines) {
        line.resume();
        line.deliver(line.unheard.length);
        this.#exchange.checkEmpty();
      }
      await turn();
      for (const line of this.lines) line.settling = false;
      const waiting = this.lines.filter((line) => !line.spoiled && !isWhole(line));
      if (waiting.length === 0) break;
      if (performance.now() > deadline || waiting.some(({ client }) => client.error !== null)) throw new Error(`not served whole: ${waiting.map((line) => `${this.lines.indexOf(line)} ${described(line)}`).join('; ')}`);
      if (left < 0) await new Promise((resolve) => void setTimeout(resolve, 2));
    }
    for (const line of this.lines) {
      if (!line.said.startsWith(line.heard)) throw new Error(`what is heard was never said: ${described(line)}`);
      if (!line.told.startsWith(line.client.heard)) throw new Error(`what the client heard was never said to it: ${described(line)}`);
    }
  }

  close(): void {
    for (const line of this.lines) line.close();
  }
}

function isWhole({ client, heard, said, told, ended, clientEnded, events }: Line): boolean {
  return client.secured && events.includes('secure') && heard.length === said.length && client.heard.length === told.length && (!ended || client.ended) && (!clientEnded || events.includes('end'));
}

function described({ client, heard, said, told, events, unheard, paused, ours }: Line): string {
  return `heard ${heard.length} of ${said.length}, its client ${client.heard.length} of ${told.length}, events ${events.join()}, ${unheard.length} to be delivered${paused ? ', paused' : ''}${ours.destroyed ? ', destroyed' : ''}, error of the client: ${client.error}`;
}

export async function fuzzTls(options: { readonly cases: number; readonly seed: number }): Promise<TlsFuzzRun> {
  const exchange = await Exchange.open();
  const failures: { seed: number; error: Error }[] = [];
  const counts = { whole: 0, spoiled: 0, refused: 0 };
  let cases = 0;
  for (; cases < options.cases && failures.length < 10; cases++) {
    const seed = options.seed + cases;
    const one = new Case(exchange, seed);
    try {
      await one.run();
      for (const line of one.lines) {
        if (line.spoiled) counts.spoiled++;
        else counts.whole++;
        if (line.events.includes('error')) counts.refused++;
      }
    } catch (error) {
      failures.push({ seed, error: error as Error });
    }
    one.close();
    await turn();
    if (exchange.made !== exchange.freed) {
      failures.push({ seed, error: new Error(`${exchange.made} connections of OpenSSL, of which ${exchange.freed} were freed`) });
      exchange.freed = exchange.made;
    }
  }
  exchange.close();
  return { cases, ...counts, failures };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { cases: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } } });
  const begun = performance.now();
  const { cases, whole, spoiled, refused, failures } = await fuzzTls({ cases: Number(values.cases), seed: Number(values.seed) });
  for (const { seed, error } of failures) console.error(`seed ${seed}: ${error.stack}\n`);
  console.log(`${whole} connections were served whole, ${spoiled} were not in order, ${refused} refused`);
  console.log(`${cases} cases, ${failures.length} failures, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
