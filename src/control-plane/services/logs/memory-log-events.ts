import type { Clock } from '../../../kernel/index.ts';
import { linesOf, type LogChunk } from '../../../snapshot/index.ts';
import { EVENT_OVERHEAD, factsOf, GROUP_BYTES, type GroupName, inOrder, type LogEvent, type LogEvents, type StoredLogEvent, type StreamFacts, type StreamName } from './log-events.ts';

interface Group {
  readonly streams: Map<string, StoredLogEvent[]>;
  bytes: number;
}

/** Log events that are forgotten with the process: for tests. */
export class MemoryLogEvents implements LogEvents {
  readonly #clock: Clock;
  readonly #groupBytes: number;
  readonly #groups = new Map<string, Group>();
  #sequence = 0;

  constructor({ clock, groupBytes = GROUP_BYTES }: { readonly clock: Clock; readonly groupBytes?: number }) {
    this.#clock = clock;
    this.#groupBytes = groupBytes;
  }

  async append(name: StreamName, events: readonly LogEvent[]): Promise<void> {
    const key = groupKey(name);
    const group = this.#groups.get(key) ?? { streams: new Map(), bytes: 0 };
    this.#groups.set(key, group);
    const stream = group.streams.get(name.stream) ?? [];
    group.streams.set(name.stream, stream);
    for (const { timestamp, message } of events) {
      stream.push({ timestamp, message, ingestionTime: this.#clock.now(), sequence: this.#sequence++ });
      group.bytes += size(message);
    }
    while (group.bytes > this.#groupBytes) {
      let oldest: StoredLogEvent[] | undefined;
      for (const each of group.streams.values()) if (each[0] && (!oldest || each[0].sequence < oldest[0]!.sequence)) oldest = each;
      if (!oldest) break;
      group.bytes -= size(oldest.shift()!.message);
    }
  }

  async appendChunks(name: StreamName, chunks: readonly LogChunk[]): Promise<void> {
    for (const { octets } of chunks) await this.append(name, linesOf(octets));
  }

  async read(name: StreamName): Promise<readonly StoredLogEvent[]> {
    return inOrder([...(this.#groups.get(groupKey(name))?.streams.get(name.stream) ?? [])]);
  }

  async facts(name: StreamName): Promise<StreamFacts | null> {
    return factsOf(this.#groups.get(groupKey(name))?.streams.get(name.stream) ?? []);
  }

  async deleteStream(name: StreamName): Promise<void> {
    const group = this.#groups.get(groupKey(name));
    for (const event of group?.streams.get(name.stream) ?? []) group!.bytes -= size(event.message);
    group?.streams.delete(name.stream);
  }

  async deleteGroup(name: GroupName): Promise<void> {
    this.#groups.delete(groupKey(name));
  }

  async reset(): Promise<void> {
    this.#groups.clear();
  }
}

function size(message: string): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD;
}

function groupKey(name: GroupName): string {
  return `${name.account}/${name.region}/${name.group}`;
}
