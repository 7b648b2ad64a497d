import { createHash } from 'node:crypto';
import type { Snapshot } from './snapshot.ts';
import { validate } from './validate.ts';

/**
 * A snapshot as bytes: one line that says what follows (format, length, checksum), then the snapshot as JSON. The checksum is there for torn and
 * edited files, not against attackers: who can write the file can write the checksum.
 */
export type Decoded = { readonly kind: 'snapshot'; readonly snapshot: Snapshot } | { readonly kind: 'unreadable'; readonly why: string };

interface Head {
  readonly what: 'turnpike snapshot';
  /** Of this envelope; the snapshot has a `format` of its own. */
  readonly version: 1;
  readonly bytes: number;
  readonly sha256: string;
}

const LINE_FEED = 0x0a;
/** A head is about 130 bytes; what has no line end by here is no snapshot. */
const LONGEST_HEAD = 1024;

export function encode(snapshot: Snapshot): Buffer {
  const body = Buffer.from(JSON.stringify(snapshot), 'utf8');
  const head: Head = { what: 'turnpike snapshot', version: 1, bytes: body.length, sha256: digest(body) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`, 'utf8'), body, Buffer.from('\n')]);
}

/** Never throws: what cannot be read comes back with the reason. */
export function decode(bytes: Buffer): Decoded {
  const end = bytes.subarray(0, LONGEST_HEAD).indexOf(LINE_FEED);
  const head = end < 0 ? null : headOf(bytes.subarray(0, end).toString('utf8'));
  if (!head) return unreadable('its first line is not that of a snapshot');
  if (head.version !== 1) return unreadable(`it has version ${String(head.version)} of the file format, and this program reads version 1`);
  const body = bytes.subarray(end + 1, end + 1 + head.bytes);
  if (body.length !== head.bytes) return unreadable(`it is cut off: ${body.length} of ${head.bytes} bytes are there`);
  if (digest(body) !== head.sha256) return unreadable('its checksum is wrong, so it was damaged or edited');
  const value = parsed(body.toString('utf8'));
  const why = misfit(value);
  if (why !== null) return unreadable(why);
  const snapshot = value as Snapshot;
  const [flaw, ...more] = validate(snapshot);
  if (flaw) return unreadable(`${flaw.node}: ${flaw.path} ${flaw.message}${more.length > 0 ? ` (and ${more.length} more flaws)` : ''}`);
  return { kind: 'snapshot', snapshot };
}

function unreadable(why: string): Decoded {
  return { kind: 'unreadable', why };
}

function digest(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

function headOf(line: string): (Omit<Head, 'version'> & { readonly version: unknown }) | null {
  const head = parsed(line) as Partial<Head> | null | undefined;
  if (typeof head !== 'object' || head === null || head.what !== 'turnpike snapshot') return null;
  return { what: head.what, version: head.version, bytes: Number(head.bytes), sha256: String(head.sha256) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The checksum vouches for what an `encode` wrote; what remains is a snapshot of another program version. */
function misfit(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'it does not hold a JSON object';
  const snapshot = value as Partial<Record<keyof Snapshot, unknown>>;
  if (snapshot.format !== 1) return `it holds a snapshot of format ${String(snapshot.format)}, and this program serves format 1`;
  for (const section of ['listeners', 'pools', 'certificates', 'functions', 'stages', 'plans', 'identities'] as const) {
    const nodes = snapshot[section];
    if (typeof nodes !== 'object' || nodes === null || Array.isArray(nodes)) return `its ${section} are missing`;
  }
  return null;
}
