import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, type Clock } from '../../../kernel/index.ts';
import type { LogChunk } from '../../../snapshot/index.ts';
import { chunkBlocks, eventLines, readSegment } from './log-segment.ts';
import { EVENT_OVERHEAD, factsOf, GROUP_BYTES, type GroupName, inOrder, type LogEvent, type LogEvents, type StoredLogEvent, type StreamFacts, type StreamName } from './log-events.ts';

export interface DiskLogEventsSettings {
  readonly folder: string;
  readonly clock: Clock;
  /** Bytes that a group keeps on disk; the oldest segments go first. */
  readonly groupBytes?: number;
  /** Bytes after which a stream begins a new segment. */
  readonly segmentBytes?: number;
}

interface Segment {
  readonly path: string;
  bytes: number;
}

interface OpenStream {
  /** Oldest first; the last is appended to. */
  readonly segments: Segment[];
  nextSequence: number;
  /** Undefined until somebody asks, and again when segments went. */
  facts: StreamFacts | null | undefined;
}

interface OpenGroup {
  readonly folder: string;
  readonly streams: Map<string, OpenStream>;
  bytes: number;
  /** Work on a group runs one after the other. */
  tail: Promise<unknown>;
}

/** What is written of events, in the form that `readSegment` reads. */
interface Written {
  readonly count: number;
  readonly facts: Omit<StreamFacts, 'lastIngestion'>;
  bytes(at: { readonly ingestionTime: number; readonly sequence: number }): Buffer;
}

/** Log events in files: a folder a group, a folder a stream, segments named by the sequence of their first event. */
export class DiskLogEvents implements LogEvents {
  readonly #settings: Required<DiskLogEventsSettings>;
  readonly #groups = new Map<string, OpenGroup>();

  constructor(settings: DiskLogEventsSettings) {
    this.#settings = { groupBytes: GROUP_BYTES, segmentBytes: 1024 * 1024, ...settings };
  }

  async append(name: StreamName, events: readonly LogEvent[]): Promise<void> {
    if (events.length === 0) return;
    const facts = factsOf(events.map((event) => ({ ...event, ingestionTime: 0, sequence: 0 })))!;
    await this.#write(name, { count: events.length, facts, bytes: (at) => eventLines(events, at) });
  }

  async appendChunks(name: StreamName, chunks: readonly LogChunk[]): Promise<void> {
    if (chunks.length === 0) return;
    const facts = chunks.reduce<StreamFacts | null>((all, { firstTimestamp, lastTimestamp, count, bytes }) => together(all, { firstTimestamp, lastTimestamp, lastIngestion: 0, bytes: bytes + count * EVENT_OVERHEAD }), null)!;
    await this.#write(name, { count: chunks.reduce((sum, { count }) => sum + count, 0), facts, bytes: (at) => chunkBlocks(chunks, at) });
  }

  async #write(name: StreamName, written: Written): Promise<void> {
    await this.#inTurn(name, async (group) => {
      const stream = await this.#stream(group, name.stream);
      const ingestionTime = this.#settings.clock.now();
      const sequence = stream.nextSequence;
      const bytes = written.bytes({ ingestionTime, sequence });
      stream.nextSequence += written.count;
      let segment = stream.segments.at(-1);
      const isNew = !segment || segment.bytes === 0 || segment.bytes + bytes.length > this.#settings.segmentBytes;
      if (segment?.bytes === 0) stream.segments.pop();
      if (isNew) {
        segment = { path: join(group.folder, folderName(name.stream), `${String(sequence).padStart(16, '0')}.log`), bytes: 0 };
        stream.segments.push(segment);
      }
      try {
        await write(segment!.path, bytes);
      } catch (error) {
        // Half a line may lie there now: open the stream anew, which begins another segment behind it.
        group.streams.delete(name.stream);
        throw error;
      }
      if (isNew) await syncFolder(join(group.folder, folderName(name.stream)));
      segment!.bytes += bytes.length;
      group.bytes += bytes.length;
      if (stream.facts !== undefined) stream.facts = together(stream.facts, { ...written.facts, lastIngestion: ingestionTime });
      await this.#trim(group);
    });
  }

  async read(name: StreamName): Promise<readonly StoredLogEvent[]> {
    return this.#inTurn(name, async (group) => inOrder(await eventsOf(await this.#stream(group, name.stream))));
  }

  async facts(name: StreamName): Promise<StreamFacts | null> {
    return this.#inTurn(name, async (group) => {
      const stream = await this.#stream(group, name.stream);
      if (stream.facts === undefined) stream.facts = factsOf(await eventsOf(stream));
      return stream.facts;
    });
  }

  async deleteStream(name: StreamName): Promise<void> {
    await this.#inTurn(name, async (group) => {
      const stream = await this.#stream(group, name.stream);
      for (const segment of stream.segments) group.bytes -= segment.bytes;
      group.streams.delete(name.stream);
      await rm(join(group.folder, folderName(name.stream)), { recursive: true, force: true });
    });
  }

  async deleteGroup(name: GroupName): Promise<void> {
    await this.#inTurn(name, async (group) => {
      group.streams.clear();
      group.bytes = 0;
      await rm(group.folder, { recursive: true, force: true });
    });
  }

  async reset(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => group.tail));
    this.#groups.clear();
    await rm(this.#settings.folder, { recursive: true, force: true });
  }

  async #inTurn<T>(name: GroupName, work: (group: OpenGroup) => Promise<T>): Promise<T> {
    const key = `${name.account}/${name.region}/${name.group}`;
    let group = this.#groups.get(key);
    if (!group) {
      const folder = join(this.#settings.folder, name.account, folderName(name.region), folderName(name.group));
      group = { folder, streams: new Map(), bytes: 0, tail: Promise.resolve() };
      this.#groups.set(key, group);
      const opened = group;
      group.tail = bytesUnder(folder).then((bytes) => (opened.bytes = bytes));
    }
    const mine = group;
    const result = mine.tail.then(() => work(mine));
    mine.tail = result.catch(() => {});
    return result;
  }

  async #stream(group: OpenGroup, name: string): Promise<OpenStream> {
    const known = group.streams.get(name);
    if (known) return known;
    const folder = join(group.folder, folderName(name));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const segments: Segment[] = [];
    for (const file of (await readdir(folder)).sort()) segments.push({ path: join(folder, file), bytes: (await stat(join(folder, file))).size });
    const stream: OpenStream = { segments, nextSequence: 0, facts: undefined };
    const last = segments.at(-1);
    if (last) {
      const { events, whole } = readSegment(await readFile(last.path));
      const number = Number(last.path.slice(-20, -4));
      stream.nextSequence = events.reduce((most, event) => Math.max(most, event.sequence + 1), number);
      // A line cut short by a crash must not swallow the next one.
      if (!whole) {
        const path = join(folder, `${String(stream.nextSequence).padStart(16, '0')}.log`);
        if (path !== last.path) segments.push({ path, bytes: 0 });
        else await rm(path).then(() => (last.bytes = 0));
      }
    }
    group.streams.set(name, stream);
    return stream;
  }

  /** Drops the oldest segments of the group while it has too much; what is being written to stays. */
  async #trim(group: OpenGroup): Promise<void> {
    if (group.bytes <= this.#settings.groupBytes) return;
    const candidates: { readonly at: number; readonly path: string; readonly bytes: number }[] = [];
    for (const folder of await readdir(group.folder)) {
      for (const file of (await readdir(join(group.folder, folder))).sort().slice(0, -1)) {
        const path = join(group.folder, folder, file);
        const facts = await stat(path);
        candidates.push({ at: facts.mtimeMs, path, bytes: facts.size });
      }
    }
    candidates.sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1));
    for (const { path, bytes } of candidates) {
      if (group.bytes <= this.#settings.groupBytes) return;
      await rm(path, { force: true });
      group.bytes -= bytes;
      for (const stream of group.streams.values()) {
        const at = stream.segments.findIndex((segment) => segment.path === path);
        if (at < 0) continue;
        stream.segments.splice(at, 1);
        stream.facts = undefined;
      }
    }
  }
}

/** Names may hold what file names may not. */
function folderName(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

async function write(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function eventsOf(stream: OpenStream): Promise<StoredLogEvent[]> {
  const events: StoredLogEvent[] = [];
  // one that is to be begun is not there yet
  for (const segment of stream.segments) if (segment.bytes > 0) for (const event of readSegment(await readFile(segment.path)).events) events.push(event);
  return events;
}

function together(before: StreamFacts | null, more: StreamFacts): StreamFacts {
  if (!before) return more;
  return {
    firstTimestamp: Math.min(before.firstTimestamp, more.firstTimestamp),
    lastTimestamp: Math.max(before.lastTimestamp, more.lastTimestamp),
    lastIngestion: more.lastIngestion,
    bytes: before.bytes + more.bytes,
  };
}

async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}
