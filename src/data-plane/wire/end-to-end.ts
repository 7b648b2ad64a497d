import { CONNECTION, CONTENT_LENGTH, EXPECT, HOST_FIELD, HTTP2_SETTINGS, KEEP_ALIVE, NONE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE } from './field-name.ts';
import type { FieldLines } from './field-lines.ts';

/** A set of known fields as bits, for `endToEnd`. */
export type FieldSet = number;

export function fieldSet(...fields: readonly number[]): FieldSet {
  return fields.reduce((set, field) => set | (1 << field), 0);
}

/** What belongs to one connection and is never passed on (RFC 9110 section 7.6.1). Expect is answered by us, as ALB does. */
export const HOP_BY_HOP: FieldSet = fieldSet(CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS, EXPECT);

/** Naming one of these in Connection does not remove it: that would change what the message says to the next hop. */
const KEPT: FieldSet = fieldSet(HOST_FIELD, CONTENT_LENGTH);

/** The field lines that go on to the next hop: all but those in `drop` and those that Connection names (`,name,name,`; '' for none). */
export function endToEnd(fields: FieldLines, drop: FieldSet, connectionNames: string): string {
  return fields.count === 0 ? '' : cut(fields, { drop, connectionNames, from: fields.nameStart[0]!, to: fields.end - 2 });
}

export interface Cut {
  readonly drop: FieldSet;
  readonly connectionNames: string;
  /** What is cut out of the text: from before the fields (a start line) to after them (a body that came in the same read). */
  readonly from: number;
  readonly to: number;
}

/** A message's text without the field lines that do not go on. Runs that stay are cut out whole; when all stay it is one slice. */
export function cut(fields: FieldLines, what: Cut): string {
  const { text, runs } = fields;
  const count = runsOf(fields, what);
  if (count === 1) return text.slice(runs[0], runs[1]);
  let block = '';
  for (let i = 0; i < count; i++) block += text.slice(runs[2 * i], runs[2 * i + 1]);
  return block;
}

/** The runs of a message that `cut` would join, as pairs of start and end in `fields.runs`; answers how many pairs there are. */
export function runsOf(fields: FieldLines, { drop, connectionNames, from, to }: Cut): number {
  const { count, known, nameStart, runs } = fields;
  let filled = 0;
  let runStart = from;
  for (let i = 0; i < count; i++) {
    const field = known[i]!;
    if (field === NONE ? connectionNames === '' || !isNamed(fields, i, connectionNames) : ((1 << field) & drop) === 0 && !(connectionNames !== '' && ((1 << field) & KEPT) === 0 && isNamed(fields, i, connectionNames))) continue;
    const start = nameStart[i]!;
    if (start > runStart) {
      runs[filled++] = runStart;
      runs[filled++] = start;
    }
    runStart = fields.lineEnd(i);
  }
  if (runStart < to) {
    runs[filled++] = runStart;
    runs[filled++] = to;
  }
  return filled >> 1;
}

function isNamed(fields: FieldLines, index: number, connectionNames: string): boolean {
  return connectionNames.includes(`,${fields.name(index).toLowerCase()},`);
}
