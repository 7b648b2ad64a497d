import type { TimestampFormat } from '../model/shape.ts';
import { Malformed } from './malformed.ts';

/** RFC 3339 and the looser forms of ISO 8601 that AWS documents for requests: no zone means UTC, seconds and time are optional. */
const ISO = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,12}))?)?)?(Z|[+-]\d\d:?\d\d)?$/i;
const EPOCH = /^-?\d{1,16}(?:\.\d{1,12})?(?:[eE]\+?\d{1,2})?$/;
/** Largest distance from the epoch that a Date holds, milliseconds (ECMA-262 section 21.4.1.1). */
const FARTHEST = 8.64e15;

/**
 * Reads whatever form was sent. AWS's services read more forms than the one that their model names (the CLI passes times on as typed), and no
 * text is a time in two of them, so the form on the wire decides.
 */
export function parseTimestamp(text: string, where: string): Date {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso) return fromIso(iso, text, where);
  if (EPOCH.test(trimmed)) return fromEpoch(Number(trimmed), where);
  if (/^[A-Za-z]{3,9}, ?\d/.test(trimmed)) {
    const at = Date.parse(trimmed);
    if (!Number.isNaN(at)) return new Date(at);
  }
  throw notATime(text, where);
}

/** Seconds since the epoch, with fractions. */
export function fromEpoch(seconds: number, where: string): Date {
  const at = Math.round(seconds * 1000);
  if (!Number.isFinite(at) || Math.abs(at) > FARTHEST) throw notATime(String(seconds), where);
  return new Date(at);
}

function fromIso(match: RegExpExecArray, text: string, where: string): Date {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
  const date = new Date(at);
  // Date.UTC carries the 31st of February over into March, and reads years 0-99 as 1900-1999
  const carried = date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day) || date.getUTCFullYear() !== Number(year);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || carried) throw notATime(text, where);
  if (zone.toUpperCase() === 'Z') return date;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return new Date(at - (zone.startsWith('-') ? -minutes : minutes) * 60_000);
}

function notATime(text: string, where: string): Malformed {
  return new Malformed('value', where, `timestamp must follow ISO8601: '${text.slice(0, 64)}'`);
}

/** `milliseconds`: whether ISO 8601 always shows them, as EC2 and S3 do, or only where there are some. */
export function formatTimestamp(date: Date, format: TimestampFormat, milliseconds = false): string {
  switch (format) {
    case 'iso8601': {
      const text = date.toISOString();
      return !milliseconds && text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
    }
    case 'rfc822':
      return date.toUTCString();
    case 'unixTimestamp':
      return String(date.getTime() / 1000);
  }
}
