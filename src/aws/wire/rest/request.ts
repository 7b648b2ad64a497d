import type { OperationModel } from '../../model/service-model.ts';
import type { Member, Ref, StructureShape } from '../../model/shape.ts';
import { percentDecode } from '../form.ts';
import { Malformed } from '../malformed.ts';
import { parseBase64, parseScalar, put } from '../scalar.ts';
import type { Input, WireRequest } from '../wire.ts';

/** What rest protocols read outside the body: labels, query parameters, headers. */
export function readBindings(operation: OperationModel, shape: StructureShape, request: WireRequest): Input {
  const input: Input = {};
  const query = new Map<string, string[]>();
  for (const [key, value] of request.query) {
    const same = query.get(key);
    if (same) same.push(value);
    else query.set(key, [value]);
  }
  for (const member of shape.members) {
    const name = member.wireName ?? member.name;
    switch (member.location) {
      case 'uri': {
        const label = request.labels.get(name);
        if (label !== undefined) put(input, member.name, parseScalar(member, percentDecode(label, name), name));
        break;
      }
      case 'querystring': {
        const value = member.shape.type === 'map' ? readQueryMap(member.shape.value, query, { bound: boundQueryNames(operation, shape) }) : readQuery(member, query.get(name), name);
        if (value !== undefined) put(input, member.name, value);
        break;
      }
      case 'header': {
        const value = readHeader(member, request, name);
        if (value !== undefined) put(input, member.name, value);
        break;
      }
      case 'headers': {
        const value = readPrefixed(member, request);
        if (value !== undefined) put(input, member.name, value);
        break;
      }
      case 'statusCode':
      case null:
    }
  }
  return input;
}

/** What the path template fixes and what other members name. */
function boundQueryNames(operation: OperationModel, shape: StructureShape): ReadonlySet<string> {
  const members = shape.members.filter((member) => member.location === 'querystring' && member.shape.type !== 'map');
  return new Set([...members.map((member) => member.wireName ?? member.name), ...operation.queryConstants.map(([name]) => name)]);
}

function readQuery(member: Member, values: readonly string[] | undefined, where: string): unknown {
  if (!values) return undefined;
  const { shape } = member;
  if (shape.type === 'list') return values.map((value) => parseScalar(shape.member, value, where));
  return parseScalar(member, values[0]!, where);
}

/** A map takes every query parameter that no other member names (Smithy, "httpQueryParams trait"). */
function readQueryMap(value: Ref, query: ReadonlyMap<string, readonly string[]>, more: { bound: ReadonlySet<string> }): Record<string, unknown> | undefined {
  const entries: Record<string, unknown> = {};
  let any = false;
  for (const [key, values] of query) {
    if (more.bound.has(key)) continue;
    any = true;
    put(entries, key, value.shape.type === 'list' ? [...values] : parseScalar(value, values[0]!, key));
  }
  return any ? entries : undefined;
}

function readHeader(member: Member, request: WireRequest, name: string): unknown {
  const value = request.headers.get(name.toLowerCase());
  if (value === null) return undefined;
  const { shape } = member;
  if (member.jsonValue) {
    try {
      return JSON.parse(Buffer.from(parseBase64(value, name)).toString('utf8')) as unknown;
    } catch {
      throw new Malformed('value', name, 'the header is not JSON in base64');
    }
  }
  if (shape.type === 'list') {
    // an HTTP date holds a comma of its own, and that is how the format is told from the others
    const dates = shape.member.shape.type === 'timestamp' && /^\s*[A-Za-z]{3},/.test(value);
    return splitList(value, dates).map((item) => parseScalar(shape.member, item, name));
  }
  return parseScalar(member, value, name);
}

/** Splits a list header at its commas; quoted items may hold commas, and `\"` (RFC 9110 section 5.6.1). */
export function splitList(value: string, dates: boolean): readonly string[] {
  const items: string[] = [];
  let at = 0;
  while (at <= value.length) {
    while (value[at] === ' ' || value[at] === '\t') at++;
    if (value[at] === '"') {
      let item = '';
      for (at++; at < value.length && value[at] !== '"'; at++) {
        if (value[at] === '\\' && at + 1 < value.length) at++;
        item += value[at];
      }
      items.push(item);
      const comma = value.indexOf(',', at);
      at = comma < 0 ? value.length + 1 : comma + 1;
      continue;
    }
    let comma = value.indexOf(',', at);
    if (dates && comma >= 0) comma = value.indexOf(',', comma + 1);
    const end = comma < 0 ? value.length : comma;
    const item = value.slice(at, end).trim();
    if (item !== '') items.push(item);
    at = end + 1;
  }
  return items;
}

function readPrefixed(member: Member, request: WireRequest): Record<string, unknown> | undefined {
  const prefix = (member.wireName ?? '').toLowerCase();
  const entries: Record<string, unknown> = {};
  let any = false;
  for (const [key, value] of request.headers.pairs) {
    if (!key.toLowerCase().startsWith(prefix)) continue;
    any = true;
    put(entries, key.slice(prefix.length), value);
  }
  return any ? entries : undefined;
}

/** The member that is the whole body, if there is one. */
export function payloadMember(shape: StructureShape): Member | null {
  return shape.payload === null ? null : (shape.byName.get(shape.payload) ?? null);
}

/** Reads a body that is a blob or a string as a whole. An empty body is absence, but for blobs, which may be empty. */
export function readRawPayload(member: Member, body: Buffer): unknown {
  if (member.shape.type === 'blob') return body.length === 0 && !member.required && !member.streaming ? undefined : new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body.length === 0) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Malformed('syntax', '', 'the body is not UTF-8');
  }
}
