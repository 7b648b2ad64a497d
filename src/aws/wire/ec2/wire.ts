import { formTree, numbered } from '../form.ts';
import { isAbsent, recordOf, type TimeStyle } from '../scalar.ts';
import { checkEmptyList, decodeForm, type FormDialect } from '../query/input.ts';
import { writeErrorFields, xmlResponse } from '../query/wire.ts';
import type { Wire } from '../wire.ts';
import { XmlEncoder } from '../xml/encode.ts';
import { XmlWriter } from '../xml/writer.ts';

/** EC2 shows milliseconds even where they are zero: `2019-05-01T12:34:56.000Z`. */
const TIMES: TimeStyle = { format: 'iso8601', milliseconds: true };

/** Every list is flat, and a name taken from the answer's spelling begins in upper case (Smithy, "AWS EC2 query protocol"). */
const DIALECT: FormDialect = {
  memberName(member) {
    if (member.queryName !== null) return member.queryName;
    const name = member.wireName ?? member.name;
    return name.charAt(0).toUpperCase() + name.slice(1);
  },
  otherName: (member) => (member.name.charAt(0).toUpperCase() + member.name.slice(1)),
  items(_ref, _shape, { node, where }) {
    if (!node.children) {
      checkEmptyList(node, where);
      return [];
    }
    return numbered(node, where);
  },
};

export const ec2Wire: Wire = {
  protocol: 'ec2',

  parse(operation, request, limits) {
    return operation.input ? decodeForm(operation.input, formTree(request.form, limits), { dialect: DIALECT, where: '' }) : {};
  },

  serialise(operation, output, answering) {
    const writer = new XmlWriter();
    const { xmlNamespace } = operation.service;
    const root = `${operation.name}Response`;
    writer.open(root, xmlNamespace ? [['xmlns', xmlNamespace.endsWith('/') ? xmlNamespace : `${xmlNamespace}/`]] : []);
    writer.element('requestId', answering.requestId);
    if (operation.output) new XmlEncoder(writer, TIMES).members(operation.output, isAbsent(output) ? {} : recordOf(output, operation.name));
    // what has no output in the model answers this (EC2 API Reference, for instance AttachInternetGateway)
    else writer.element('return', 'true');
    writer.close(root);
    return xmlResponse(200, writer, answering.requestId);
  },

  serialiseError(failure, answering) {
    const writer = new XmlWriter();
    writer.open('Response');
    writer.open('Errors');
    writer.open('Error');
    writeErrorFields(writer, failure, { withType: false });
    writer.close('Error');
    writer.close('Errors');
    // spelled so in errors only (EC2 API Reference, "Example error response")
    writer.element('RequestID', answering.requestId);
    writer.close('Response');
    return xmlResponse(failure.status, writer, answering.requestId);
  },
};
