import type { HttpResponse } from '../../http.ts';
import { formTree, numbered } from '../form.ts';
import { isAbsent, recordOf, type TimeStyle } from '../scalar.ts';
import type { Wire, WireError } from '../wire.ts';
import { XmlEncoder } from '../xml/encode.ts';
import { XmlWriter } from '../xml/writer.ts';
import { checkEmptyList, decodeForm, type FormDialect } from './input.ts';

const TIMES: TimeStyle = { format: 'iso8601' };

/** Lists are `Name.member.N`, or `Name.N` where flattened (AWS Query protocol, "List serialization"). */
const DIALECT: FormDialect = {
  memberName: (member) => member.wireName ?? member.name,
  // a flattened list takes the name of its items in place of its own
  otherName: (member) => (member.flattened && member.shape.type === 'list' ? member.shape.member.wireName : null),
  items(ref, shape, { node, where }) {
    if (!node.children) {
      checkEmptyList(node, where);
      return [];
    }
    const wrapped = node.children.get(shape.member.wireName ?? 'member') ?? node.children.get('member');
    return ref.flattened || !wrapped ? numbered(node, where) : numbered(wrapped, where);
  },
};

export const queryWire: Wire = {
  protocol: 'query',

  parse(operation, request, limits) {
    return operation.input ? decodeForm(operation.input, formTree(request.form, limits), { dialect: DIALECT, where: '' }) : {};
  },

  serialise(operation, output, answering) {
    const writer = new XmlWriter();
    const { xmlNamespace } = operation.service;
    writer.open(`${operation.name}Response`, xmlNamespace ? [['xmlns', xmlNamespace]] : []);
    if (operation.output) {
      const encoder = new XmlEncoder(writer, TIMES);
      const record = isAbsent(output) ? {} : recordOf(output, operation.name);
      if (operation.resultWrapper) {
        writer.open(operation.resultWrapper);
        encoder.members(operation.output, record);
        writer.close(operation.resultWrapper);
      } else encoder.members(operation.output, record);
    }
    writer.open('ResponseMetadata');
    writer.element('RequestId', answering.requestId);
    writer.close('ResponseMetadata');
    writer.close(`${operation.name}Response`);
    return xmlResponse(200, writer, answering.requestId);
  },

  serialiseError(failure, answering) {
    const writer = new XmlWriter();
    const { xmlNamespace } = answering.service;
    writer.open('ErrorResponse', xmlNamespace ? [['xmlns', xmlNamespace]] : []);
    writer.open('Error');
    writeErrorFields(writer, failure, { withType: true });
    writer.close('Error');
    writer.element('RequestId', answering.requestId);
    writer.close('ErrorResponse');
    return xmlResponse(failure.status, writer, answering.requestId);
  },
};

/** Type, Code, Message and the members of the error's shape. */
export function writeErrorFields(writer: XmlWriter, failure: WireError, more: { withType: boolean }): void {
  if (more.withType) writer.element('Type', failure.sender ? 'Sender' : 'Receiver');
  writer.element('Code', failure.model?.code ?? failure.error.code);
  writer.element('Message', failure.error.message);
  if (!failure.model) return;
  new XmlEncoder(writer, TIMES).members(failure.model.shape, failure.error.members, (member) => member.name.toLowerCase() === 'message' || member.location !== null);
}

export function xmlResponse(status: number, writer: XmlWriter, requestId: string): HttpResponse {
  return { status, headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId }, body: writer.bytes() };
}

