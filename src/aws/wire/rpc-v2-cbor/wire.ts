import { EMPTY } from '../../http.ts';
import type { Member, Ref, StructureShape } from '../../model/shape.ts';
import type { ServiceModel } from '../../model/service-model.ts';
import { frameEvents, streamOf } from '../eventstream/output.ts';
import { messageMember, queryErrorHeader } from '../json/wire.ts';
import { Malformed, OutputMismatch } from '../malformed.ts';
import { arrayOf, checkRange, dateOf, decimalOf, integerOf, isAbsent, put, recordOf } from '../scalar.ts';
import type { Wire } from '../wire.ts';
import { CborWriter, decodeCbor } from './cbor.ts';

export const rpcV2CborWire: Wire = {
  protocol: 'rpc-v2-cbor',

  parse(operation, request, limits) {
    if (!operation.input || request.body.length === 0) return {};
    return decodeStructure(operation.input, decodeCbor(request.body, limits), '');
  },

  serialise(operation, output, answering) {
    const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'x-amzn-RequestId': answering.requestId };
    if (!operation.output) return { status: 200, headers, body: EMPTY };
    const record = isAbsent(output) ? {} : output;
    const stream = streamOf(operation.output, record);
    if (stream) {
      const initial = encode(operation.output, record, (member) => member.name === stream.member.name);
      return { status: 200, headers: { ...headers, 'Content-Type': 'application/vnd.amazon.eventstream' }, body: frameEvents(stream, { contentType: 'application/cbor', initial, encode }) };
    }
    return { status: 200, headers: { ...headers, 'Content-Type': 'application/cbor' }, body: encode(operation.output, record) };
  },

  serialiseError(failure, answering) {
    const writer = new CborWriter();
    const name = failure.model?.shapeName ?? failure.error.code;
    const { members } = failure.error;
    const shape = failure.model?.shape ?? null;
    const message = shape ? messageMember(shape) : null;
    const present = (shape?.members ?? []).filter((member) => member !== message && !isAbsent(members[member.name]));
    writer.head(5, present.length + 2);
    writer.text('__type');
    writer.text(`${namespaceOf(answering.service)}#${name}`);
    writer.text(message?.name ?? 'message');
    writer.text(failure.error.message);
    for (const member of present) {
      writer.text(member.wireName ?? member.name);
      encodeValue(writer, member, members[member.name], member.name);
    }
    return {
      status: failure.status,
      headers: { 'smithy-protocol': 'rpc-v2-cbor', 'Content-Type': 'application/cbor', 'x-amzn-RequestId': answering.requestId, ...queryErrorHeader(failure, answering) },
      body: writer.bytes(),
    };
  },
};

/** The Smithy namespace of a service's shapes. The SDKs look errors up by the whole id. */
function namespaceOf(service: ServiceModel): string {
  return `com.amazonaws.${service.serviceId.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`;
}

function decodeStructure(shape: StructureShape, raw: unknown, where: string): Record<string, unknown> {
  if (!isMap(raw)) throw new Malformed('value', where, 'a map was expected');
  const value: Record<string, unknown> = {};
  for (const member of shape.members) {
    const name = member.wireName ?? member.name;
    const item = Object.hasOwn(raw, name) ? raw[name] : undefined;
    if (!isAbsent(item)) put(value, member.name, decodeValue(member, item, where === '' ? name : `${where}.${name}`));
  }
  return value;
}

function decodeValue(ref: Ref, raw: unknown, where: string): unknown {
  const { shape } = ref;
  switch (shape.type) {
    case 'structure':
      return decodeStructure(shape, raw, where);
    case 'list':
      if (!Array.isArray(raw)) throw new Malformed('value', where, 'a list was expected');
      return raw.map((item, i) => (item === null ? null : decodeValue(shape.member, item, `${where}[${i}]`)));
    case 'map': {
      if (!isMap(raw)) throw new Malformed('value', where, 'a map was expected');
      const entries: Record<string, unknown> = {};
      for (const [key, item] of Object.entries(raw)) put(entries, key, item === null ? null : decodeValue(shape.value, item, `${where}.${key}`));
      return entries;
    }
    case 'string':
      if (typeof raw === 'string') return raw;
      break;
    case 'blob':
      if (raw instanceof Uint8Array) return raw;
      break;
    case 'boolean':
      if (typeof raw === 'boolean') return raw;
      break;
    case 'timestamp':
      if (raw instanceof Date) return raw;
      break;
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      if (typeof raw === 'number' && Number.isInteger(raw)) return checkRange(raw, shape.type, where);
      break;
    case 'float':
    case 'double':
      if (typeof raw === 'number') return raw;
      break;
  }
  throw new Malformed('value', where, `a ${shape.type} was expected`);
}

function isMap(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !(raw instanceof Date) && !(raw instanceof Uint8Array);
}

function encode(shape: StructureShape, value: unknown, skip: (member: Member) => boolean = () => false): Buffer {
  const writer = new CborWriter();
  encodeStructure(writer, shape, { value, skip });
  return writer.bytes();
}

function encodeStructure(writer: CborWriter, shape: StructureShape, more: { value: unknown; skip: (member: Member) => boolean }): void {
  const record = recordOf(more.value, shape.name);
  const present = shape.members.filter((member) => !more.skip(member) && !isAbsent(record[member.name]));
  writer.head(5, present.length);
  for (const member of present) {
    writer.text(member.wireName ?? member.name);
    encodeValue(writer, member, record[member.name], `${shape.name}.${member.name}`);
  }
}

// four parameters: the recursion is the hot part of every answer, and an object for each value would cost more than it explains
function encodeValue(writer: CborWriter, ref: Ref, value: unknown, where: string): void {
  const { shape } = ref;
  switch (shape.type) {
    case 'structure':
      encodeStructure(writer, shape, { value, skip: () => false });
      return;
    case 'list': {
      const items = arrayOf(value, where);
      writer.head(4, items.length);
      for (const item of items) {
        if (isAbsent(item)) writer.simple(null);
        else encodeValue(writer, shape.member, item, where);
      }
      return;
    }
    case 'map': {
      const entries = Object.entries(recordOf(value, where)).filter(([, item]) => item !== undefined);
      writer.head(5, entries.length);
      for (const [key, item] of entries) {
        writer.text(key);
        if (item === null) writer.simple(null);
        else encodeValue(writer, shape.value, item, where);
      }
      return;
    }
    case 'string':
      if (typeof value !== 'string') throw new OutputMismatch(where, 'a string', value);
      writer.text(value);
      return;
    case 'blob':
      if (!(value instanceof Uint8Array)) throw new OutputMismatch(where, 'a Uint8Array', value);
      writer.blob(value);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw new OutputMismatch(where, 'a boolean', value);
      writer.simple(value);
      return;
    case 'timestamp': {
      const seconds = dateOf(value, where).getTime() / 1000;
      writer.head(6, 1);
      if (Number.isInteger(seconds)) writer.whole(seconds);
      else writer.double(seconds);
      return;
    }
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      writer.whole(integerOf(value, where));
      return;
    case 'float':
      writer.float(decimalOf(value, where));
      return;
    case 'double':
      writer.double(decimalOf(value, where));
  }
}
