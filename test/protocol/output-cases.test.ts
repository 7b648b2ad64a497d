import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultLimits, type Protocol } from '../../src/aws/index.ts';
import { decodeCbor } from '../../src/aws/wire/rpc-v2-cbor/cbor.ts';
import { readXml, type XmlElement } from '../../src/aws/wire/xml/reader.ts';
import { answerOf } from './answer.ts';
import { casesAbsence, readCases } from './cases.ts';
import { readAll } from './oracle.ts';

// AWS's own protocol cases: what a server sends for a result or an error. cases.system.ts has botocore read our answers back.

/** No client reads the name of a payload's root, and S3's real models name it after the member, as these cases do not. */
const ROOT = 'the name of the root element';

/** Cases that show a client reading what a server need not send: ours sends another of the right forms. cases.system.ts reads those back too. */
const OTHER_FORMS: Readonly<Record<string, string>> = {
  handles_unexpected_json_output: 'a member that the model lacks',
  AwsJson10HandlesUnexpectedJsonOutput: 'a member that the model lacks',
  json_1_1_service_responds_with_no_payload: 'no body where {} is meant',
  AwsJson10ServiceRespondsWithNoPayload: 'no body where {} is meant',
  AwsJson11DeserializeIgnoreType: 'a __type inside a union',
  AwsJson10DeserializeIgnoreType: 'a __type inside a union',
  RestJsonDeserializeIgnoreType: 'a __type inside a union',
  AwsJson11IntEnums: 'a request header in an answer',
  parses_the_request_id_from_the_response: 'a request id of its own',
  RpcV2CborPayloadWithUnsetUnion: 'a body that is not of the case',
  RestXmlHttpPayloadWithUnion: ROOT,
  HttpPayloadWithXmlName: ROOT,
  HttpPayloadWithXmlNamespace: ROOT,
  HttpPayloadWithXmlNamespaceAndPrefix: ROOT,
  RpcV2CborExtraFieldsInTheBodyShouldBeSkippedByClients: 'a member that the model lacks',
};

describe('protocol cases: the server sends', { skip: casesAbsence ?? false }, () => {
  for (const entry of readCases('output')) {
    const { case: given, file } = entry;
    if (given.errorCode !== undefined) continue;
    test(`${file}: ${given.id}`, { skip: OTHER_FORMS[given.id] ?? false }, async () => {
      const { response, protocol } = await answerOf(entry);
      const wanted = given.response!;
      assert.equal(response.status, wanted.status_code);
      const headers = new Map(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
      // the type is as AWS's services send it, and the length is the sender's to add
      for (const [name, value] of Object.entries(wanted.headers ?? {})) if (!/^content-(type|length)$/i.test(name)) assert.equal(headers.get(name.toLowerCase()), value, name);
      assert.deepStrictEqual(orNull(readBody(await readAll(response.body), protocol)), orNull(readBody(Buffer.from(wanted.body ?? '', protocol === 'rpc-v2-cbor' ? 'base64' : 'utf8'), protocol)));
    });
  }
});

function readBody(body: Buffer, protocol: Protocol): unknown {
  if (body.length === 0) return null;
  switch (protocol) {
    case 'rpc-v2-cbor':
      return normal(decodeCbor(body, defaultLimits));
    case 'json':
    case 'rest-json':
      try {
        return normal(JSON.parse(body.toString('utf8')));
      } catch {
        return body.toString('utf8');
      }
    case 'query':
    case 'ec2':
    case 'rest-xml':
      try {
        return plain(readXml(body, defaultLimits));
      } catch {
        return body.toString('utf8');
      }
  }
}

/** An answer without members may have an empty structure for a body, or none. */
function orNull(body: unknown): unknown {
  if (!Array.isArray(body)) return typeof body === 'object' && body !== null && Object.keys(body).length === 0 ? null : body;
  const [, content] = body as [string, string | readonly [string, unknown][]];
  const isEmpty = typeof content === 'string' ? content === '' : content.every(([name, inner]) => name.endsWith('Result') && inner === '');
  return isEmpty ? null : body;
}

/** Without nulls, which say nothing, and with times by their instant: 00:48:18+01:00 is 23:48:18Z. */
function normal(value: unknown): unknown {
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : value;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null).map(([key, item]) => [key, normal(item)]));
}

/** Elements without the white space between them, request ids and the order of names. */
function plain(element: XmlElement): unknown {
  const children = element.children.filter((child) => !/^(request_?id|ResponseMetadata)$/i.test(child.name));
  if (children.length === 0) return [element.name, normal(element.text.trim())];
  return [element.name, children.map(plain).sort((a, b) => (String((a as string[])[0]) < String((b as string[])[0]) ? -1 : 1))];
}
