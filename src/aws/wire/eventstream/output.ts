import { AwsError } from '../../error.ts';
import type { Member, Ref, StructureShape } from '../../model/shape.ts';
import { OutputMismatch } from '../malformed.ts';
import { dateOf, isAbsent, recordOf } from '../scalar.ts';
import { encodeMessage, type EventHeader } from './message.ts';

/** The streaming member of an output: an async iterable of events, each `{ NameOfEvent: { ... } }`. */
export interface EventOutput {
  readonly member: Member;
  readonly union: StructureShape;
  readonly events: AsyncIterable<unknown>;
}

export interface Framing {
  /** Of event payloads that are structures. */
  readonly contentType: string;
  /** What rpc protocols send before the first event: the rest of the output. Null for rest protocols, which have headers for it. */
  readonly initial: Uint8Array | null;
  readonly encode: (shape: StructureShape, value: unknown) => Uint8Array;
}

export function streamOf(shape: StructureShape, output: unknown): EventOutput | null {
  const member = shape.members.find((candidate) => candidate.shape.type === 'structure' && candidate.shape.eventStream);
  if (!member || member.shape.type !== 'structure') return null;
  const events = recordOf(output, shape.name)[member.name];
  if (isAbsent(events)) return { member, union: member.shape, events: nothing() };
  if (typeof events !== 'object' || !(Symbol.asyncIterator in events)) throw new OutputMismatch(`${shape.name}.${member.name}`, 'an async iterable of events', events);
  return { member, union: member.shape, events: events as AsyncIterable<unknown> };
}

async function* nothing(): AsyncGenerator<never> {
  // an output without events
}

/** Frames events as they come; an AwsError ends the stream with an exception message, anything else with an error message. */
export async function* frameEvents(output: EventOutput, framing: Framing): AsyncGenerator<Buffer> {
  if (framing.initial) yield encodeMessage({ headers: eventHeaders('initial-response', framing.contentType), payload: framing.initial });
  try {
    for await (const event of output.events) yield frameEvent(output.union, event, framing);
  } catch (error) {
    yield frameFailure(output.union, error, framing);
  }
}

function frameEvent(union: StructureShape, event: unknown, framing: Framing): Buffer {
  const present = Object.entries(recordOf(event, union.name)).filter(([, value]) => !isAbsent(value));
  const [name, value] = present[0] ?? ['', undefined];
  const member = union.byName.get(name);
  if (present.length !== 1 || !member || member.shape.type !== 'structure') throw new OutputMismatch(union.name, `one of ${[...union.byName.keys()].join(', ')}`, event);
  const record = recordOf(value, name);
  const headers = member.shape.members
    .filter((candidate) => candidate.eventHeader && !isAbsent(record[candidate.name]))
    .map((candidate) => [candidate.name, headerOf(candidate, record[candidate.name])] as const);
  const body = member.shape.members.find((candidate) => candidate.eventPayload);
  if (!body) {
    const payload = member.shape.members.length > headers.length ? framing.encode(member.shape, record) : new Uint8Array();
    return encodeMessage({ headers: [...eventHeaders(name, payload.length > 0 ? framing.contentType : null), ...headers], payload });
  }
  const { payload, type } = payloadOf(body, record[body.name], framing);
  return encodeMessage({ headers: [...eventHeaders(name, type), ...headers], payload });
}

function payloadOf(body: Member, value: unknown, framing: Framing): { readonly payload: Uint8Array; readonly type: string } {
  switch (body.shape.type) {
    case 'blob':
      if (!isAbsent(value) && !(value instanceof Uint8Array)) throw new OutputMismatch(body.name, 'a Uint8Array', value);
      return { payload: value ?? new Uint8Array(), type: 'application/octet-stream' };
    case 'string':
      return { payload: Buffer.from(typeof value === 'string' ? value : '', 'utf8'), type: 'text/plain' };
    case 'structure':
      return { payload: framing.encode(body.shape, value ?? {}), type: framing.contentType };
    default:
      throw new OutputMismatch(body.name, 'a blob, a string or a structure', value);
  }
}

function eventHeaders(name: string, contentType: string | null): readonly (readonly [string, EventHeader])[] {
  const headers: (readonly [string, EventHeader])[] = [
    [':message-type', { type: 'string', value: 'event' }],
    [':event-type', { type: 'string', value: name }],
  ];
  if (contentType !== null) headers.push([':content-type', { type: 'string', value: contentType }]);
  return headers;
}

function headerOf(ref: Ref, value: unknown): EventHeader {
  const { shape } = ref;
  switch (shape.type) {
    case 'boolean':
      return { type: 'boolean', value: value === true };
    case 'timestamp':
      return { type: 'timestamp', value: dateOf(value, shape.name) };
    case 'blob':
      if (value instanceof Uint8Array) return { type: 'bytes', value };
      break;
    case 'long':
      if (typeof value === 'number' || typeof value === 'bigint') return { type: 'long', value: BigInt(value) };
      break;
    case 'byte':
    case 'short':
    case 'integer':
      if (typeof value === 'number') return { type: 'integer', value };
      break;
    default:
      if (typeof value === 'string') return { type: 'string', value };
  }
  throw new OutputMismatch(shape.name, `a ${shape.type}`, value);
}

function frameFailure(union: StructureShape, error: unknown, framing: Framing): Buffer {
  const member = error instanceof AwsError ? union.byName.get(error.code) ?? union.members.find((candidate) => candidate.shape.name === error.code) : undefined;
  if (error instanceof AwsError && member?.shape.type === 'structure') {
    const message = member.shape.members.find((candidate) => candidate.name.toLowerCase() === 'message');
    const members = message ? { ...error.members, [message.name]: error.message } : error.members;
    return encodeMessage({
      headers: [
        [':message-type', { type: 'string', value: 'exception' }],
        [':exception-type', { type: 'string', value: member.name }],
        [':content-type', { type: 'string', value: framing.contentType }],
      ],
      payload: framing.encode(member.shape, members),
    });
  }
  return encodeMessage({
    headers: [
      [':message-type', { type: 'string', value: 'error' }],
      [':error-code', { type: 'string', value: error instanceof AwsError ? error.code : 'InternalFailure' }],
      [':error-message', { type: 'string', value: error instanceof AwsError ? error.message.slice(0, 8000) : 'The stream ended because of an unknown error, exception or failure.' }],
    ],
    payload: new Uint8Array(),
  });
}
