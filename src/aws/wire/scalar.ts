import type { Ref, TimestampFormat } from '../model/shape.ts';
import { Malformed, OutputMismatch } from './malformed.ts';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';

const INTEGER = /^[+-]?\d{1,20}$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The whole numbers that each type holds. Longs end where a number is no longer exact: AWS has no larger ones in these models. */
const RANGES = {
  byte: [-128, 127],
  short: [-32_768, 32_767],
  integer: [-2_147_483_648, 2_147_483_647],
  long: [-(2 ** 63), 2 ** 63],
} as const;

/** How timestamps are written where the model names no format. */
export interface TimeStyle {
  readonly format: TimestampFormat;
  readonly milliseconds?: boolean;
}

/** Reads text (of a form, an element, a header, a path) as a value of a simple shape. */
export function parseScalar(ref: Ref, text: string, where: string): unknown {
  const { shape } = ref;
  switch (shape.type) {
    case 'string':
      return text;
    case 'blob':
      return parseBase64(text, where);
    case 'boolean':
      return parseBoolean(text, where);
    case 'timestamp':
      return parseTimestamp(text, where);
    case 'byte':
    case 'short':
    case 'integer':
    case 'long': {
      const trimmed = text.trim();
      if (!INTEGER.test(trimmed)) throw new Malformed('value', where, `'${text.slice(0, 64)}' is not an integer`);
      return checkRange(Number(trimmed), shape.type, where);
    }
    case 'float':
    case 'double':
      return parseDecimal(text, where);
    case 'structure':
    case 'list':
    case 'map':
      throw new Malformed('value', where, `a ${shape.type} was expected, text was found`);
  }
}

export function checkRange(value: number, type: keyof typeof RANGES, where: string): number {
  const [low, high] = RANGES[type];
  if (value < low || value > high) throw new Malformed('value', where, `${value} is outside the range of ${type === 'integer' ? 'an integer' : `a ${type}`}`);
  return value === 0 ? 0 : value;
}

export function parseBase64(text: string, where: string): Uint8Array {
  const compact = /\s/.test(text) ? text.replaceAll(/\s/g, '') : text;
  const unpadded = compact.length - (compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0);
  if (!BASE64.test(compact) || unpadded % 4 === 1) throw new Malformed('value', where, 'Invalid base64');
  return new Uint8Array(Buffer.from(compact, 'base64'));
}

function parseBoolean(text: string, where: string): boolean {
  const lower = text.trim().toLowerCase();
  if (lower === 'true' || lower === '1') return true;
  if (lower === 'false' || lower === '0') return false;
  throw new Malformed('value', where, `'${text.slice(0, 64)}' is not a boolean: true or false`);
}

export function parseDecimal(text: string, where: string): number {
  const trimmed = text.trim();
  if (trimmed === 'NaN') return Number.NaN;
  if (trimmed === 'Infinity') return Number.POSITIVE_INFINITY;
  if (trimmed === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (trimmed.length > 400 || !DECIMAL.test(trimmed)) throw new Malformed('value', where, `'${text.slice(0, 64)}' is not a number`);
  return Number(trimmed);
}

/** Writes a value of a simple shape as text; `where` names the member for our own developers. */
export function formatScalar(ref: Ref, value: unknown, more: { times: TimeStyle; where: string }): string {
  const { shape } = ref;
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') throw new OutputMismatch(more.where, 'a string', value);
      return value;
    case 'blob':
      if (!(value instanceof Uint8Array)) throw new OutputMismatch(more.where, 'a Uint8Array', value);
      return base64(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw new OutputMismatch(more.where, 'a boolean', value);
      return String(value);
    case 'timestamp':
      return formatTimestamp(dateOf(value, more.where), ref.timestampFormat ?? more.times.format, more.times.milliseconds);
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return String(integerOf(value, more.where));
    case 'float':
    case 'double':
      return String(decimalOf(value, more.where));
    case 'structure':
    case 'list':
    case 'map':
      throw new OutputMismatch(more.where, `a ${shape.type}`, value);
  }
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

export function dateOf(value: unknown, where: string): Date {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw new OutputMismatch(where, 'a valid Date', value);
  return value;
}

export function integerOf(value: unknown, where: string): number | bigint {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return value;
  throw new OutputMismatch(where, 'an integer', value);
}

export function decimalOf(value: unknown, where: string): number {
  if (typeof value !== 'number') throw new OutputMismatch(where, 'a number', value);
  return value;
}

/** Sets a member under a name that the caller chose. `__proto__` must become a plain key, not a prototype. */
export function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

/** Reads an output's structure or map as a record. */
export function recordOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date || value instanceof Uint8Array) throw new OutputMismatch(where, 'an object', value);
  return value as Readonly<Record<string, unknown>>;
}

export function arrayOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new OutputMismatch(where, 'an array', value);
  return value;
}

/** Absent on the wire: services may leave a member out or set it to undefined or null. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
