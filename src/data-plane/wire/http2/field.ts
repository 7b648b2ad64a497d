import { CLASS, FIELD, TOKEN } from '../character.ts';
import { CONNECTION, HTTP2_SETTINGS, KEEP_ALIVE, LOOKALIKE, NONE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE } from '../field-name.ts';
import { BAD_FIELD_NAME, BAD_FIELD_VALUE, type Flaw, OK, SUSPICIOUS_FIELD_NAME } from '../flaw.ts';
import { knownName } from './text.ts';

/** Kinds of field beyond the numbers of field-name.ts: pseudo-header fields (RFC 9113 section 8.3) and what HTTP/2 treats in its own way. */
export const METHOD = 32;
export const SCHEME = 33;
export const AUTHORITY = 34;
export const PATH = 35;
export const STATUS = 36;
export const PROTOCOL = 37;
export const UNKNOWN_PSEUDO = 38;
export const COOKIE = 40;
/** Content-Type with a value that begins with `application/grpc`. */
export const GRPC_TYPE = 41;

/** RFC 7541 section 4.1. */
export const FIELD_OVERHEAD = 32;

const COLON = 58;
const SPACE = 32;
const TAB = 9;

/** A header field as a table of HPACK holds it: what it means is found out once, however often it is named by its index. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** Number of the name: of field-name.ts, or one of the above. */
  readonly kind: number;
  /** What is wrong with it, whatever it stands in. */
  readonly flaw: Flaw;
  /** As RFC 7541 counts. */
  readonly size: number;
  /** `name: value\r\n`. */
  readonly line: string;
}

/** A field whose name has just been read. */
export function field(name: string, value: string): HeaderField {
  const kind = kindOf(name);
  return make(name, value, kind, isPseudo(kind) ? OK : nameFlaw(name, kind));
}

/** A field whose name is that of another. */
export function fieldLike(named: HeaderField, value: string): HeaderField {
  return make(named.name, value, named.kind === GRPC_TYPE ? NONE : named.kind, named.flaw === BAD_FIELD_VALUE ? OK : named.flaw);
}

export function isPseudo(kind: number): boolean {
  return kind >= METHOD && kind <= UNKNOWN_PSEUDO;
}

/** What belongs to one connection of HTTP/1.1 and makes a message of HTTP/2 malformed (RFC 9113 section 8.2.2). TE is looked at by its value. */
export function isConnectionSpecific(kind: number): boolean {
  return kind === CONNECTION || kind === TRANSFER_ENCODING || kind === UPGRADE || kind === KEEP_ALIVE || kind === PROXY_CONNECTION || kind === HTTP2_SETTINGS;
}

function make(name: string, value: string, kind: number, flaw: Flaw): HeaderField {
  return {
    name, value,
    kind: kind === NONE && name === 'content-type' && value.startsWith('application/grpc') ? GRPC_TYPE : kind,
    flaw: flaw === OK ? valueFlaw(value) : flaw,
    size: name.length + value.length + FIELD_OVERHEAD,
    line: `${name}: ${value}\r\n`,
  };
}

function kindOf(name: string): number {
  if (name.charCodeAt(0) === COLON) {
    switch (name) {
      case ':method': return METHOD;
      case ':scheme': return SCHEME;
      case ':authority': return AUTHORITY;
      case ':path': return PATH;
      case ':status': return STATUS;
      case ':protocol': return PROTOCOL;
      default: return UNKNOWN_PSEUDO;
    }
  }
  return name === 'cookie' ? COOKIE : knownName(name);
}

/** RFC 9113 section 8.2.1: a token without capitals. */
function nameFlaw(name: string, kind: number): Flaw {
  if (name.length === 0) return BAD_FIELD_NAME;
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if ((CLASS[c]! & TOKEN) === 0 || (c >= 65 && c <= 90)) return BAD_FIELD_NAME;
  }
  return kind === LOOKALIKE ? SUSPICIOUS_FIELD_NAME : OK;
}

/** RFC 9113 section 8.2.1, with RFC 9110's characters: no controls, no white space at either end. */
function valueFlaw(value: string): Flaw {
  const { length } = value;
  if (length === 0) return OK;
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(length - 1);
  if (first === SPACE || first === TAB || last === SPACE || last === TAB) return BAD_FIELD_VALUE;
  for (let i = 0; i < length; i++) if ((CLASS[value.charCodeAt(i)]! & FIELD) === 0) return BAD_FIELD_VALUE;
  return OK;
}
