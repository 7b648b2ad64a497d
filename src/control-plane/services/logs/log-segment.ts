import { linesOf, type LogChunk } from '../../../snapshot/index.ts';
import type { LogEvent, StoredLogEvent } from './log-events.ts';

/**
 * What lies in a segment of a stream: events one by one, a JSON array `[timestamp, ingestionTime, sequence, message]` a line; and chunks as the data plane handed them over, each behind
 * a line `#[ingestionTime, sequence, octets]`, with a line feed after it. What a crash cut short was not acknowledged and is left out when read.
 */
interface Place {
  readonly ingestionTime: number;
  /** Of the first. */
  readonly sequence: number;
}

const HASH = 0x23;
const LINE_FEED = 0x0a;
const END = Buffer.from('\n');

export function eventLines(events: readonly LogEvent[], { ingestionTime, sequence }: Place): Buffer {
  return Buffer.from(events.map(({ timestamp, message }, i) => `${JSON.stringify([timestamp, ingestionTime, sequence + i, message])}\n`).join(''));
}

export function chunkBlocks(chunks: readonly LogChunk[], { ingestionTime, sequence }: Place): Buffer {
  const parts: Uint8Array[] = [];
  let next = sequence;
  for (const { octets, count } of chunks) {
    parts.push(Buffer.from(`#${JSON.stringify([ingestionTime, next, octets.length])}\n`), octets, END);
    next += count;
  }
  return Buffer.concat(parts);
}

/** `whole`: nothing at the end was cut short. */
export function readSegment(bytes: Buffer): { readonly events: readonly StoredLogEvent[]; readonly whole: boolean } {
  const events: StoredLogEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, at);
    if (end < 0) return { events, whole: false };
    if (bytes[at] === HASH) {
      const block = readJson<[number, number, number]>(bytes.subarray(at + 1, end));
      if (block === null) return { events, whole: false };
      const [ingestionTime, first, length] = block;
      const after = end + 1 + length;
      if (bytes[after] !== LINE_FEED) return { events, whole: false };
      for (const [i, { timestamp, message }] of linesOf(bytes.subarray(end + 1, after)).entries()) events.push({ timestamp, ingestionTime, sequence: first + i, message });
      at = after + 1;
    } else {
      const event = readJson<[number, number, number, string]>(bytes.subarray(at, end));
      if (event !== null) events.push({ timestamp: event[0], ingestionTime: event[1], sequence: event[2], message: event[3] });
      at = end + 1;
    }
  }
  return { events, whole: true };
}

/** Null for what is none: a crash has cut it short. */
function readJson<T>(bytes: Buffer): T | null {
  try {
    return JSON.parse(bytes.toString()) as T;
  } catch {
    return null;
  }
}
