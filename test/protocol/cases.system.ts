import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { modelsOf } from '../../src/aws/index.ts';
import { casesAbsence, readCases, typed } from './cases.ts';
import { pruned } from './generate.ts';
import { oracleAbsence, readAll, startOracle, tag, type Oracle } from './oracle.ts';
import { answerOf } from './answer.ts';

// AWS's own protocol cases, answers: what we send for each result or error, botocore reads back equal.

// What botocore's reader cannot do or does otherwise than its case says; the unit test compares these answers with the case's own.
const FLATTENED = 'botocore looks for a flattened list under the name of its items, against the case';
const NUMBERS = 'botocore leaves NaN and Infinity of JSON as text';
const EMPTY_UNION = 'botocore refuses an answer whose whole body is an absent union';
const EMPTY_BLOB = 'botocore reads an empty body as an empty blob';
const DATES = 'botocore splits HTTP dates at their comma';
const UNREADABLE: Readonly<Record<string, string>> = {
  Ec2XmlLists: FLATTENED,
  QueryXmlLists: FLATTENED,
  XmlLists: FLATTENED,
  AwsJson11SupportsNaNFloatInputs: NUMBERS,
  AwsJson11SupportsInfinityFloatInputs: NUMBERS,
  AwsJson11SupportsNegativeInfinityFloatInputs: NUMBERS,
  AwsJson10SupportsNaNFloatInputs: NUMBERS,
  AwsJson10SupportsInfinityFloatInputs: NUMBERS,
  AwsJson10SupportsNegativeInfinityFloatInputs: NUMBERS,
  RestJsonHttpPayloadWithUnsetUnion: EMPTY_UNION,
  RestXmlHttpPayloadWithUnsetUnion: EMPTY_UNION,
  RestJsonHttpPayloadTraitsWithNoBlobBody: EMPTY_BLOB,
  HttpPayloadTraitsWithNoBlobBody: EMPTY_BLOB,
  RestJsonInputAndOutputWithTimestampHeaders: DATES,
  InputAndOutputWithTimestampHeaders: DATES,
  RestJsonInputAndOutputWithQuotedStringHeaders: 'botocore does not read quoted items',
  HttpPrefixHeadersResponse: 'an empty prefix takes the request id as well',
  BodyWithXmlName: "botocore's resolver gives a member the name of its shape's root, against the case",
};

describe('protocol cases: botocore reads what the server sends', { skip: casesAbsence ?? oracleAbsence() ?? false }, () => {
  let oracle: Oracle;
  before(() => {
    oracle = startOracle();
  });
  after(() => oracle.close());

  for (const entry of readCases('output')) {
    const { case: given, file, document } = entry;
    test(`${file}: ${given.id}`, { skip: UNREADABLE[given.id] ?? false }, async () => {
      const { response } = await answerOf(entry);
      const model = modelsOf({ cases: document }).model('cases');
      const operation = model.operation(given.given.name)!;
      await oracle.ask({ do: 'model', name: 'cases', document });
      const answer = await oracle.ask({
        do: 'response', model: 'cases', protocol: document.metadata.protocol, operation: operation.name,
        response: { status: response.status, headers: response.headers, body: (await readAll(response.body)).toString('base64') },
      });
      assert.equal(answer['error'], undefined, String(answer['trace']));
      const parsed = answer['parsed'] as Record<string, unknown>;
      if (given.errorCode === undefined) {
        assert.deepStrictEqual(pruned(parsed), pruned(tag(typed(operation.output, given.result ?? {}))));
        return;
      }
      const error = parsed['Error'] as { Code: string; Message?: string };
      assert.equal(error.Code, given.errorCode);
      assert.equal(error.Message ?? '', given.errorMessage ?? '');
      const shape = model.error(operation.errors[0] ?? '')?.shape ?? null;
      for (const [name, value] of Object.entries(typed(shape, given.error ?? {}))) {
        if (name.toLowerCase() !== 'message') assert.deepStrictEqual((answer['modeled'] as Record<string, unknown>)[name], tag(value), name);
      }
    });
  }
});
