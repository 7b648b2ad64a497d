import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FrontDoor, modelsOf, noCredentials, type HttpRequest, type Operation, type OperationModel } from '../../src/aws/index.ts';
import { FakeClock, seededRandom } from '../../src/kernel/index.ts';
import { casesAbsence, readCases, typed, type CaseWithModel } from './cases.ts';
import { pruned } from './generate.ts';

// AWS's own protocol cases: what a client sends, the server reads.

function frontDoor(entry: CaseWithModel, operation: Operation): { door: FrontDoor; models: ReturnType<typeof modelsOf> } {
  const models = modelsOf({ cases: entry.document });
  const services = [{ name: 'cases', operations: { [entry.case.given.name]: operation }, refusals: {} }];
  return { models, door: new FrontDoor({ services, models, clock: new FakeClock(), random: seededRandom(1), credentials: noCredentials, verify: 'never' }) };
}

const TOKEN = '00000000-0000-4000-8000-000000000000';

/** What a client was asked for, as far as it is on the wire. */
function expected(operation: OperationModel, params: Record<string, unknown>): Record<string, unknown> {
  const input = typed(operation.input, params);
  const bound = new Set((operation.input?.members ?? []).filter((member) => member.location === 'querystring').map((member) => member.wireName ?? member.name));
  for (const member of operation.input?.members ?? []) {
    // clients make up the tokens that they are not given
    if (member.idempotencyToken && input[member.name] === undefined) input[member.name] = TOKEN;
    // a parameter named by a member of its own is read as that member, not as an entry of the map that may take any
    if (member.location === 'querystring' && member.shape.type === 'map' && input[member.name] !== undefined) {
      input[member.name] = Object.fromEntries(Object.entries(input[member.name] as object).filter(([key]) => !bound.has(key)));
    }
  }
  return input;
}

describe('protocol cases: a client sends, the server reads', { skip: casesAbsence ?? false }, () => {
  for (const entry of readCases('input')) {
    const { case: given, file } = entry;
    // these say that a client compresses, and not what it sends then: front-door.test.ts sends compressed bodies
    const skip = given.given.requestcompression !== undefined && given.serialized?.body === undefined ? 'the case has no body' : false;
    test(`${file}: ${given.id}`, { skip }, async () => {
      let received: unknown;
      const { door, models } = frontDoor(entry, (input: unknown) => {
        received = input;
      });
      const operation = models.model('cases').operation(given.given.name)!;
      const answer = await door.handle(requestOf(entry, models.model('cases').signingName));
      assert.ok(answer.status < 300, `${answer.status}: ${String(answer.body)}`);
      // empty lists, maps and structures are not on the wire in every place
      assert.deepStrictEqual(pruned(received), pruned(expected(operation, given.params ?? {})));
    });
  }
});

function requestOf(entry: CaseWithModel, signingName: string): HttpRequest {
  const sent = entry.case.serialized!;
  const { protocol, targetPrefix } = entry.document.metadata;
  const headers = {
    host: sent.host ?? 'example.com',
    ...(protocol === 'query' || protocol === 'ec2' ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
    // the cases about hosts leave it out
    ...(protocol === 'json' ? { 'X-Amz-Target': `${targetPrefix}.${entry.case.given.name}` } : {}),
    ...sent.headers,
    authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/${signingName}/aws4_request`,
  };
  // a client configured with a base path sends it; whoever serves that path takes it off
  const url = sent.uri.replace(/^\/custom(?=\/)/, '');
  const body = Buffer.from(sent.body ?? '', protocol === 'smithy-rpc-v2-cbor' ? 'base64' : 'utf8');
  return { method: sent.method, url, rawHeaders: Object.entries(headers).flat(), body, remoteAddress: '127.0.0.1' };
}
