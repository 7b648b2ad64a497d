import { EMPTY, type HttpResponse } from '../../http.ts';
import type { Limits } from '../../limits.ts';
import type { OperationModel } from '../../model/service-model.ts';
import type { Member, Ref, StructureShape, XmlNamespace } from '../../model/shape.ts';
import { frameEvents, streamOf } from '../eventstream/output.ts';
import { payloadMember, readBindings, readRawPayload } from '../rest/request.ts';
import { errorHeaders, outsideAnswer, rawPayload, withDefaultHeader, writeBindings } from '../rest/response.ts';
import { isAbsent, put, recordOf, type TimeStyle } from '../scalar.ts';
import type { Answering, Input, Wire, WireRequest } from '../wire.ts';
import { writeErrorFields } from '../query/wire.ts';
import { decodeStructure, decodeXml } from '../xml/decode.ts';
import { XmlEncoder } from '../xml/encode.ts';
import { readXml } from '../xml/reader.ts';
import { namespaceAttributes, XmlWriter } from '../xml/writer.ts';

/** S3 and CloudFront show milliseconds even where they are zero. */
const TIMES: TimeStyle = { format: 'iso8601', milliseconds: true };

const outsideBody = (member: Member): boolean => member.location !== null;

export const restXmlWire: Wire = {
  protocol: 'rest-xml',

  parse(operation, request, limits) {
    const shape = operation.input;
    if (!shape) return {};
    const input = readBindings(operation, shape, request);
    readBody(shape, request, { limits, input });
    return input;
  },

  serialise(operation, output, answering) {
    const record = isAbsent(output) ? {} : recordOf(output, operation.name);
    const { status, headers } = writeBindings(operation, record);
    Object.assign(headers, requestIdHeaders(answering));
    const stream = operation.output ? streamOf(operation.output, record) : null;
    if (stream) {
      headers['Content-Type'] = 'application/vnd.amazon.eventstream';
      return { status, headers, body: frameEvents(stream, { contentType: 'text/xml', initial: null, encode: (shape, value) => document(shape.name, shape, value) }) };
    }
    return writeBody(operation, record, { status, headers });
  },

  serialiseError(failure, answering) {
    const headers = { ...requestIdHeaders(answering), ...errorHeaders(failure.model?.shape ?? null, failure.error.members) };
    // a HEAD request's answer has no body (RFC 9110 section 9.3.2): its caller reads the status alone
    if (answering.method === 'HEAD') return { status: failure.status, headers, body: EMPTY };
    const writer = new XmlWriter();
    if (answering.service.noErrorWrapping) {
      writer.open('Error');
      writeErrorFields(writer, failure, { withType: false });
      writer.element('Resource', answering.path);
      writer.element('RequestId', answering.requestId);
      writer.element('HostId', hostId(answering));
      writer.close('Error');
    } else {
      const { xmlNamespace } = answering.service;
      writer.open('ErrorResponse', xmlNamespace ? [['xmlns', xmlNamespace]] : []);
      writer.open('Error');
      writeErrorFields(writer, failure, { withType: true });
      writer.close('Error');
      writer.element('RequestId', answering.requestId);
      writer.close('ErrorResponse');
    }
    return { status: failure.status, headers: { ...headers, 'Content-Type': answering.service.noErrorWrapping ? 'application/xml' : 'text/xml' }, body: writer.bytes() };
  },
};

function readBody(shape: StructureShape, request: WireRequest, more: { limits: Limits; input: Input }): void {
  const payload = payloadMember(shape);
  if (payload && (payload.shape.type === 'blob' || payload.shape.type === 'string')) {
    const value = readRawPayload(payload, request.body);
    if (!isAbsent(value)) put(more.input, payload.name, value);
    return;
  }
  if (request.body.length === 0 || (!payload && shape.members.every(outsideBody))) return;
  const root = readXml(request.body, more.limits);
  if (payload) put(more.input, payload.name, decodeXml(payload, root, payload.wireName ?? payload.name));
  else for (const [name, value] of Object.entries(decodeStructure(shape, root, '', outsideBody))) put(more.input, name, value);
}

function writeBody(operation: OperationModel, record: Readonly<Record<string, unknown>>, more: { status: number; headers: Record<string, string> }): HttpResponse {
  const { status, headers } = more;
  const shape = operation.output;
  if (!shape || status === 204 || operation.method === 'HEAD') return { status, headers, body: EMPTY };
  const payload = payloadMember(shape);
  if (payload && (payload.shape.type === 'blob' || payload.shape.type === 'string')) {
    const { body, type } = rawPayload(payload, record[payload.name]);
    withDefaultHeader(headers, 'Content-Type', type);
    return { status, headers, body };
  }
  const inBody = shape.members.filter((member) => !outsideAnswer(member));
  if (inBody.length === 0 || (payload && isAbsent(record[payload.name]))) return { status, headers, body: EMPTY };
  const { xmlNamespace } = operation.service;
  const namespace: XmlNamespace | null = xmlNamespace === null ? null : { uri: xmlNamespace, prefix: null };
  const writer = new XmlWriter();
  const encoder = new XmlEncoder(writer, TIMES);
  withDefaultHeader(headers, 'Content-Type', operation.service.noErrorWrapping ? 'application/xml' : 'text/xml');
  if (payload) encoder.element(payload.rootName ?? payload.shape.name, withNamespace(payload, namespace), record[payload.name]);
  else if (operation.unwrappedOutput) encoder.element(inBody[0]!.wireName ?? inBody[0]!.name, withNamespace(inBody[0]!, namespace), record[inBody[0]!.name] ?? '');
  else {
    const root = operation.outputRef?.rootName ?? shape.name;
    writer.open(root, [...namespaceAttributes(namespace), ...encoder.attributes(shape, record)]);
    encoder.members(shape, record, outsideAnswer);
    writer.close(root);
  }
  return { status, headers, body: writer.bytes() };
}

/** A root element bears the service's namespace unless the model gives it its own. */
function withNamespace(member: Member, namespace: XmlNamespace | null): Ref {
  // `shape` is a getter of the member's class and does not spread
  return member.xmlNamespace !== null || namespace === null ? member : { ...member, shape: member.shape, xmlNamespace: namespace };
}

function document(root: string, shape: StructureShape, value: unknown): Buffer {
  const writer = new XmlWriter();
  writer.open(root);
  new XmlEncoder(writer, TIMES).members(shape, recordOf(value, root));
  writer.close(root);
  return writer.bytes();
}

function requestIdHeaders(answering: Answering): Record<string, string> {
  if (!answering.service.noErrorWrapping) return { 'x-amzn-RequestId': answering.requestId };
  return { 'x-amz-request-id': answering.requestId, 'x-amz-id-2': hostId(answering) };
}

/** S3's second id: opaque, here derived from the first. */
function hostId(answering: Answering): string {
  return Buffer.from(`turnpike:${answering.requestId}`, 'utf8').toString('base64');
}
