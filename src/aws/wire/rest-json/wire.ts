import { EMPTY } from '../../http.ts';
import type { Member } from '../../model/shape.ts';
import { frameEvents, streamOf } from '../eventstream/output.ts';
import { decodeMembers, decodeJson, readJson } from '../json/decode.ts';
import { encodeJson, encodeMembers } from '../json/encode.ts';
import { errorMembers, jsonBytes, queryErrorHeader } from '../json/wire.ts';
import { payloadMember, readBindings, readRawPayload } from '../rest/request.ts';
import { errorHeaders, outsideAnswer, rawPayload, withDefaultHeader, writeBindings } from '../rest/response.ts';
import { isAbsent, put, recordOf } from '../scalar.ts';
import type { Wire, WireError } from '../wire.ts';

const outsideBody = (member: Member): boolean => member.location !== null;

export const restJsonWire: Wire = {
  protocol: 'rest-json',

  parse(operation, request, limits) {
    const shape = operation.input;
    if (!shape) return {};
    const input = readBindings(operation, shape, request);
    const payload = payloadMember(shape);
    if (payload) {
      const raw = payload.shape.type === 'blob' || payload.shape.type === 'string';
      const value = raw ? readRawPayload(payload, request.body) : request.body.length === 0 ? undefined : decodeJson(payload, readJson(request.body, limits), '');
      if (!isAbsent(value)) put(input, payload.name, value);
      return input;
    }
    if (request.body.length > 0 && !shape.members.every(outsideBody)) {
      const body = decodeMembers(shape, readJson(request.body, limits), { where: '', skip: (name) => outsideBody(shape.byName.get(name)!) });
      for (const [name, value] of Object.entries(body)) put(input, name, value);
    }
    return input;
  },

  serialise(operation, output, answering) {
    const record = isAbsent(output) ? {} : recordOf(output, operation.name);
    const { status, headers } = writeBindings(operation, record);
    headers['x-amzn-RequestId'] = answering.requestId;
    const shape = operation.output;
    const stream = shape ? streamOf(shape, record) : null;
    if (stream) {
      withDefaultHeader(headers, 'Content-Type', 'application/vnd.amazon.eventstream');
      return { status, headers, body: frameEvents(stream, { contentType: 'application/json', initial: null, encode: (event, value) => jsonBytes(encodeMembers(event, value)) }) };
    }
    if (!shape || status === 204) return { status, headers, body: EMPTY };
    const payload = payloadMember(shape);
    if (!payload) {
      withDefaultHeader(headers, 'Content-Type', 'application/json');
      return { status, headers, body: jsonBytes(encodeMembers(shape, record, outsideAnswer)) };
    }
    const value = record[payload.name];
    if (payload.shape.type === 'blob' || payload.shape.type === 'string') {
      const { body, type } = rawPayload(payload, value);
      withDefaultHeader(headers, 'Content-Type', type);
      return { status, headers, body };
    }
    withDefaultHeader(headers, 'Content-Type', 'application/json');
    return { status, headers, body: isAbsent(value) ? jsonBytes({}) : jsonBytes(encodeJson(payload, value, payload.name)) };
  },

  serialiseError(failure, answering) {
    const name = failure.model?.shapeName ?? failure.error.code;
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'x-amzn-RequestId': answering.requestId,
      'x-amzn-ErrorType': name,
      ...queryErrorHeader(failure, answering),
      ...errorHeaders(failure.model?.shape ?? null, failure.error.members),
    };
    return { status: failure.status, headers, body: jsonBytes({ ...faultType(failure), ...errorMembers(failure) }) };
  },
};

/** Lambda's errors say whose fault they are, in a member `Type` (Lambda API Reference, any error). */
function faultType(failure: WireError): Record<string, unknown> {
  const member = failure.model?.shape.byName.get('Type');
  if (!member || member.shape.type !== 'string') return {};
  return { [member.wireName ?? member.name]: failure.sender ? 'User' : 'Service' };
}
