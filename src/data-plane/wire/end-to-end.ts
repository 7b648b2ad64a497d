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
export function cut(fields: FieldLines, { drop, connectionNames, from, to }: Cut): string {
  const { text, count, known, nameStart } = fields;
  let block = '';
  let runStart = from;
  for (let i = 0; i < count; i++) {
    const field = known[i]!;
    if (field === NONE ? connectionNames === '' || !isNamed(fields, i, connectionNames) : ((1 << field) & drop) === 0 && !(connectionNames !== '' && ((1 << field) & KEPT) === 0 && isNamed(fields, i, connectionNames))) continue;
    const start = nameStart[i]!;
    if (start > runStart) block += text.slice(runStart, start);
    runStart = fields.lineEnd(i);
  }
  if (block === '') return text.slice(runStart, to);
  return runStart < to ? block + text.slice(runStart, to) : block;
}

function isNamed(fields: FieldLines, index: number, connectionNames: string): boolean {
  return connectionNames.includes(`,${fields.name(index).toLowerCase()},`);
}
