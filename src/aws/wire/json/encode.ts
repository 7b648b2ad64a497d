import type { Member, Ref, StructureShape } from '../../model/shape.ts';
import { OutputMismatch } from '../malformed.ts';
import { arrayOf, base64, dateOf, decimalOf, integerOf, isAbsent, put, recordOf } from '../scalar.ts';
import { formatTimestamp } from '../timestamp.ts';

/** A structure's members as a value that JSON.stringify writes; what the model lacks is left out. */
export function encodeMembers(shape: StructureShape, value: unknown, skip: (member: Member) => boolean = () => false): Record<string, unknown> {
  const record = recordOf(value, shape.name);
  const encoded: Record<string, unknown> = {};
  for (const member of shape.members) {
    const item = record[member.name];
    if (isAbsent(item) || skip(member)) continue;
    put(encoded, member.wireName ?? member.name, encodeJson(member, item, `${shape.name}.${member.name}`));
  }
  return encoded;
}

export function encodeJson(ref: Ref, value: unknown, where: string): unknown {
  const { shape } = ref;
  switch (shape.type) {
    case 'structure':
      return shape.document ? value : encodeMembers(shape, value);
    case 'list':
      return arrayOf(value, where).map((item) => (isAbsent(item) ? null : encodeJson(shape.member, item, where)));
    case 'map': {
      const encoded: Record<string, unknown> = {};
      for (const [key, item] of Object.entries(recordOf(value, where))) if (item !== undefined) put(encoded, key, item === null ? null : encodeJson(shape.value, item, where));
      return encoded;
    }
    case 'string':
      if (typeof value !== 'string') throw new OutputMismatch(where, 'a string', value);
      return value;
    case 'blob':
      if (!(value instanceof Uint8Array)) throw new OutputMismatch(where, 'a Uint8Array', value);
      return base64(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw new OutputMismatch(where, 'a boolean', value);
      return value;
    case 'timestamp': {
      const date = dateOf(value, where);
      // a number, not text: the Go SDK refuses anything else for epoch seconds
      return ref.timestampFormat === null || ref.timestampFormat === 'unixTimestamp' ? date.getTime() / 1000 : formatTimestamp(date, ref.timestampFormat);
    }
    case 'byte':
    case 'short':
    case 'integer':
    case 'long': {
      const whole = integerOf(value, where);
      return typeof whole === 'bigint' ? rawJson(String(whole)) : whole;
    }
    case 'float':
    case 'double': {
      const number = decimalOf(value, where);
      return Number.isFinite(number) ? number : String(number);
    }
  }
}

/** TypeScript's library does not know JSON.rawJSON yet (ECMAScript 2026, "JSON.parse source text access"). */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}
