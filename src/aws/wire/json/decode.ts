import type { Limits } from '../../limits.ts';
import type { Ref, StructureShape } from '../../model/shape.ts';
import { Malformed } from '../malformed.ts';
import { checkRange, parseBase64, parseDecimal, put } from '../scalar.ts';
import { fromEpoch, parseTimestamp } from '../timestamp.ts';

/** Reads JSON text, bounded in depth and in number of values before it is built. Throws Malformed. */
export function readJson(bytes: Uint8Array, limits: Limits): unknown {
  measure(bytes, limits);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Malformed('syntax', '', 'the body is not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed('syntax', '', 'the body is not valid JSON');
  }
}

/** One pass over the bytes: strings are skipped, brackets and commas counted. */
function measure(bytes: Uint8Array, limits: Limits): void {
  let depth = 0;
  let items = 0;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case 0x22: // "
        for (i++; i < bytes.length && bytes[i] !== 0x22; i++) if (bytes[i] === 0x5c) i++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > limits.depth) throw new Malformed('size', '', `values nest deeper than ${limits.depth}`);
        items++;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        items++;
        break;
      default:
    }
    if (items > limits.items) throw new Malformed('size', '', `there are more than ${limits.items} values`);
  }
}

/** The members of a structure that are in the body. `skip` says which stand elsewhere. */
export function decodeMembers(shape: StructureShape, raw: unknown, more: { where: string; skip?: (name: string) => boolean }): Record<string, unknown> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw mismatch(raw, 'a structure', more.where);
  const value: Record<string, unknown> = {};
  for (const member of shape.members) {
    if (more.skip?.(member.name)) continue;
    const name = member.wireName ?? member.name;
    const item = Object.hasOwn(raw, name) ? (raw as Record<string, unknown>)[name] : undefined;
    // null is absence (Smithy, "AWS JSON protocols")
    if (item === undefined || item === null) continue;
    put(value, member.name, decodeJson(member, item, more.where === '' ? name : `${more.where}.${name}`));
  }
  return value;
}

export function decodeJson(ref: Ref, raw: unknown, where: string): unknown {
  const { shape } = ref;
  switch (shape.type) {
    case 'structure':
      return shape.document ? raw : decodeMembers(shape, raw, { where });
    case 'list':
      if (!Array.isArray(raw)) throw mismatch(raw, 'a list', where);
      return raw.map((item, i) => (item === null ? null : decodeJson(shape.member, item, `${where}[${i}]`)));
    case 'map': {
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw mismatch(raw, 'a map', where);
      const entries: Record<string, unknown> = {};
      for (const [key, item] of Object.entries(raw)) put(entries, key, item === null ? null : decodeJson(shape.value, item, `${where}.${key}`));
      return entries;
    }
    case 'string':
      if (typeof raw !== 'string') throw mismatch(raw, 'a String', where);
      return raw;
    case 'blob':
      if (typeof raw !== 'string') throw mismatch(raw, 'a Blob', where);
      return parseBase64(raw, where);
    case 'boolean':
      if (typeof raw !== 'boolean') throw mismatch(raw, 'a Boolean', where);
      return raw;
    case 'timestamp':
      if (typeof raw === 'number') return fromEpoch(raw, where);
      if (typeof raw === 'string') return parseTimestamp(raw, where);
      throw mismatch(raw, 'a Timestamp', where);
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      if (typeof raw !== 'number') throw mismatch(raw, shape.type === 'long' ? 'a Long' : 'an Integer', where);
      // 1.0 is an integer in JSON; 1.5 is cut by some of AWS's services and refused by others: refused here, nothing is silently changed
      if (!Number.isInteger(raw)) throw new Malformed('value', where, 'a number with a fraction can not be converted to an Integer');
      return checkRange(raw, shape.type, where);
    case 'float':
    case 'double':
      if (typeof raw === 'number') return raw;
      if (raw === 'NaN' || raw === 'Infinity' || raw === '-Infinity') return parseDecimal(raw, where);
      throw mismatch(raw, 'a Double', where);
  }
}

const TOKEN: Readonly<Record<string, string>> = { string: 'STRING_VALUE', number: 'NUMBER_VALUE' };

/** The sentences of AWS's JSON services. */
function mismatch(raw: unknown, expected: string, where: string): Malformed {
  if (Array.isArray(raw)) return new Malformed('value', where, 'Start of list found where not expected');
  if (typeof raw === 'object' && raw !== null) return new Malformed('value', where, 'Start of structure or map found where not expected');
  const token = typeof raw === 'boolean' ? (raw ? 'TRUE_VALUE' : 'FALSE_VALUE') : (TOKEN[typeof raw] ?? 'NULL_VALUE');
  return new Malformed('value', where, `${token} can not be converted to ${expected}`);
}
