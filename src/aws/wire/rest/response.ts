import type { OperationModel } from '../../model/service-model.ts';
import type { Member, StructureShape } from '../../model/shape.ts';
import { OutputMismatch } from '../malformed.ts';
import { arrayOf, base64, formatScalar, isAbsent, recordOf, type TimeStyle } from '../scalar.ts';

const HEADER_TIMES: TimeStyle = { format: 'rfc822' };

export interface Bindings {
  readonly status: number;
  readonly headers: Record<string, string>;
}

/** What rest protocols write outside the body: the status and headers. */
export function writeBindings(operation: OperationModel, record: Readonly<Record<string, unknown>>): Bindings {
  const headers: Record<string, string> = {};
  let status = operation.responseCode;
  for (const member of operation.output?.members ?? []) {
    if (member.location === 'statusCode' && typeof record[member.name] === 'number') status = record[member.name] as number;
    else writeHeader(member, record[member.name], headers);
  }
  return { status, headers };
}

/** Written beside the body. Places in a request (label, query) mean nothing in an answer: such members are in its body. */
export function outsideAnswer(member: Member): boolean {
  return member.location === 'header' || member.location === 'headers' || member.location === 'statusCode';
}

/** The headers that an error's shape has. */
export function errorHeaders(shape: StructureShape | null, members: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const member of shape?.members ?? []) writeHeader(member, members[member.name], headers);
  return headers;
}

function writeHeader(member: Member, value: unknown, headers: Record<string, string>): void {
  if (isAbsent(value)) return;
  const name = member.wireName ?? member.name;
  if (member.location === 'header') {
    const text = headerText(member, value, name);
    if (text !== null) headers[name] = text;
  } else if (member.location === 'headers') {
    for (const [key, entry] of Object.entries(recordOf(value, name))) if (!isAbsent(entry)) headers[`${member.wireName ?? ''}${key}`] = headerSafe(String(entry));
  }
}

function headerText(member: Member, value: unknown, name: string): string | null {
  if (member.jsonValue) return base64(Buffer.from(JSON.stringify(value), 'utf8'));
  const { shape } = member;
  if (shape.type !== 'list') return headerSafe(formatScalar(member, value, { times: HEADER_TIMES, where: name }));
  const items = arrayOf(value, name).filter((item) => !isAbsent(item));
  if (items.length === 0) return null;
  return items.map((item) => {
    const text = headerSafe(formatScalar(shape.member, item, { times: HEADER_TIMES, where: name }));
    return shape.member.shape.type === 'string' && /[",]/.test(text) ? `"${text.replaceAll('"', '\\"')}"` : text;
  }).join(', ');
}

/** A line break in a value would end the header and begin another: an answer is never split. */
function headerSafe(text: string): string {
  return text.replaceAll(/[\r\n\0]+/g, ' ');
}

/** A body that is a blob or a string as a whole; streams pass through. */
export function rawPayload(member: Member, value: unknown): { readonly body: Buffer | AsyncIterable<Buffer>; readonly type: string } {
  const type = member.mediaType ?? (member.shape.type === 'string' ? 'text/plain' : 'application/octet-stream');
  if (isAbsent(value)) return { body: Buffer.alloc(0), type };
  if (typeof value === 'string') return { body: Buffer.from(value, 'utf8'), type };
  if (value instanceof Uint8Array) return { body: Buffer.from(value.buffer, value.byteOffset, value.byteLength), type };
  if (typeof value === 'object' && Symbol.asyncIterator in value) return { body: value as AsyncIterable<Buffer>, type };
  throw new OutputMismatch(member.name, 'a Uint8Array, a string or an async iterable', value);
}

/** Adds a header unless the output already set it, in whatever case. */
export function withDefaultHeader(headers: Record<string, string>, name: string, value: string): void {
  const lower = name.toLowerCase();
  if (!Object.keys(headers).some((key) => key.toLowerCase() === lower)) headers[name] = value;
}
