import { EMPTY, type HttpResponse } from '../../http.ts';
import type { Member, StructureShape } from '../../model/shape.ts';
import { isAbsent } from '../scalar.ts';
import type { Answering, Wire, WireError } from '../wire.ts';
import { frameEvents, streamOf } from '../eventstream/output.ts';
import { decodeMembers, readJson } from './decode.ts';
import { encodeMembers } from './encode.ts';

export const jsonWire: Wire = {
  protocol: 'json',

  parse(operation, request, limits) {
    if (!operation.input) return {};
    // services read a missing body as an empty structure (Smithy, "AWS JSON 1.1 protocol")
    return request.body.length === 0 ? {} : decodeMembers(operation.input, readJson(request.body, limits), { where: '' });
  },

  serialise(operation, output, answering) {
    const type = `application/x-amz-json-${operation.service.jsonVersion}`;
    if (!operation.output) return json(200, {}, { answering, type });
    const record = isAbsent(output) ? {} : output;
    const stream = streamOf(operation.output, record);
    if (!stream) return json(200, encodeMembers(operation.output, record), { answering, type });
    const initial = Buffer.from(JSON.stringify(encodeMembers(operation.output, record, (member) => member.name === stream.member.name)));
    return {
      status: 200,
      headers: { 'Content-Type': 'application/vnd.amazon.eventstream', 'x-amzn-RequestId': answering.requestId },
      body: frameEvents(stream, { contentType: 'application/json', initial, encode: (shape, value) => jsonBytes(encodeMembers(shape, value)) }),
    };
  },

  serialiseError(failure, answering) {
    const name = failure.model?.shapeName ?? failure.error.code;
    const body = { __type: name, ...errorMembers(failure) };
    const response = json(failure.status, body, { answering, type: `application/x-amz-json-${answering.service.jsonVersion}` });
    return { ...response, headers: { ...response.headers, 'x-amzn-ErrorType': name, ...queryErrorHeader(failure, answering) } };
  },
};

/** The message under the name that the error's shape gives it, and the shape's other members. */
export function errorMembers(failure: WireError): Record<string, unknown> {
  const { error, model } = failure;
  if (!model) return { message: error.message };
  const members = encodeMembers(model.shape, error.members, (member) => member.location !== null);
  const message = messageMember(model.shape);
  return { ...members, [message ? (message.wireName ?? message.name) : 'message']: error.message };
}

export function messageMember(shape: StructureShape): Member | null {
  return shape.members.find((member) => member.name.toLowerCase() === 'message' && member.shape.type === 'string' && member.location === null) ?? null;
}

/** Services that once spoke query tell their old error codes to clients that still expect them (Smithy, "awsQueryCompatible trait"). */
export function queryErrorHeader(failure: WireError, answering: Answering): Record<string, string> {
  if (!answering.service.queryCompatible) return {};
  return { 'x-amzn-query-error': `${failure.model?.code ?? failure.error.code};${failure.sender ? 'Sender' : 'Receiver'}` };
}

export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

export function json(status: number, value: unknown, more: { answering: Answering; type: string }): HttpResponse {
  const headers = { 'Content-Type': more.type, 'x-amzn-RequestId': more.answering.requestId };
  return { status, headers, body: value === undefined ? EMPTY : jsonBytes(value) };
}
