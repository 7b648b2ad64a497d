import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Claimer } from '../../src/aws/claim/claim.ts';
import { AwsError } from '../../src/aws/error.ts';
import { Fields } from '../../src/aws/http.ts';
import { defaultLimits, openModels, type OperationModel, type Protocol, type ServiceModel } from '../../src/aws/index.ts';
import { credentialScopeOf } from '../../src/aws/sigv4/credential-scope.ts';
import { parsePairs } from '../../src/aws/wire/form.ts';
import { wires } from '../../src/aws/wire/wires.ts';
import type { StructureShape } from '../../src/aws/model/shape.ts';
import { Generator, pruned, VARIANTS, type Variant } from './generate.ts';
import { oracleAbsence, readAll, startOracle, tag, type Oracle, type SentRequest } from './oracle.ts';

// Every operation of every model, both ways, with botocore as the client: our reading of what it sends, its reading of what we send.

const models = openModels();
const claimer = new Claimer(models);
const absence = oracleAbsence();
const BOTOCORE: Readonly<Record<Protocol, string>> = { query: 'query', ec2: 'ec2', json: 'json', 'rest-json': 'rest-json', 'rest-xml': 'rest-xml', 'rpc-v2-cbor': 'smithy-rpc-v2-cbor' };

/** S3 operations that answer to another's path: claimed as the one that replaced them, or as the general one (S3 API Reference). */
const SHADOWED: ReadonlySet<string> = new Set(['GetBucketLifecycle', 'PutBucketLifecycle', 'GetBucketNotification', 'PutBucketNotification', 'ListDirectoryBuckets']);

const counts = { inputs: 0, outputs: 0, errors: 0 };

/** Forms cannot tell an empty structure or map from an absent one; the other wires differ in these variants only. */
function isLoose(protocol: Protocol, variant: Variant): boolean {
  return variant === 'minimal' || variant === 'empty' || protocol === 'query' || protocol === 'ec2';
}

describe('every operation of every model, against botocore', { skip: absence ?? false }, () => {
  let oracle: Oracle;
  before(async () => {
    oracle = startOracle();
    for (const { name } of models.catalogue) await oracle.ask({ do: 'model', name, path: new URL(`../../models/${name}.json.gz`, import.meta.url).pathname });
  });
  after(async () => {
    await oracle.close();
    console.log(`botocore: ${counts.inputs} inputs, ${counts.outputs} outputs and ${counts.errors} errors equal`);
  });

  for (const { name } of models.catalogue) {
    for (const protocol of models.model(name).protocols) {
      test(`${name} (${protocol}): reads what botocore sends`, async () => {
        await inputs(oracle, models.model(name), protocol);
      });
      test(`${name} (${protocol}): botocore reads what is sent`, async () => {
        await outputs(oracle, models.model(name), protocol);
      });
      test(`${name} (${protocol}): botocore reads the errors`, async () => {
        await errors(oracle, models.model(name), protocol);
      });
    }
  }
});

async function inputs(oracle: Oracle, model: ServiceModel, protocol: Protocol): Promise<void> {
  const generator = new Generator({ milliseconds: protocol !== 'rpc-v2-cbor' });
  const cases = operationsOf(model).flatMap((operation) =>
    (operation.input && operation.input.members.length > 0 ? VARIANTS : (['minimal'] as const)).map((variant) => ({ operation, variant, params: operation.input ? generator.structure(operation.input, variant, 'input') : {} })),
  );
  await Promise.all(cases.map(async ({ operation, variant, params }) => {
    const answer = await oracle.ask({ do: 'request', model: model.name, protocol: BOTOCORE[protocol], operation: operation.name, params: tag(params) });
    const title = `${operation.name} (${variant})`;
    assert.equal(answer['error'], undefined, `${title}: ${String(answer['trace'])}`);
    const read = readAsServer(answer as unknown as SentRequest, model, title);
    assert.equal(read.operation, operation.name, title);
    assert.equal(read.protocol, protocol, title);
    // what the HTTP client adds of itself
    for (const member of operation.input?.members ?? []) if (member.wireName === 'Content-Length' && !(member.name in params)) delete read.input[member.name];
    const [got, want] = isLoose(protocol, variant) ? [pruned(withoutEmptyBody(operation.input, read.input)) ?? {}, pruned(withoutEmptyBody(operation.input, params)) ?? {}] : [read.input, params];
    assert.deepStrictEqual(tag(got), tag(want), title);
    counts.inputs++;
  }));
}

function readAsServer(sent: SentRequest, model: ServiceModel, title: string): { readonly operation: string; readonly protocol: Protocol; readonly input: Record<string, unknown> } {
  const url = new URL(sent.url);
  const target = sent.url.slice(url.origin.length);
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const query = parsePairs(at < 0 ? '' : target.slice(at + 1), defaultLimits);
  const headers = new Fields([...sent.headers.flat(), 'authorization', `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${model.signingName}/aws4_request, SignedHeaders=host, Signature=0`]);
  const body = Buffer.from(sent.body, 'base64');
  const form = (headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded') ? parsePairs(body.toString('utf8'), defaultLimits) : [];
  const claim = claimer.claim({ method: sent.method, path, query, form, headers, scope: credentialScopeOf(headers.get('authorization'), query) });
  assert.equal(claim.kind, 'operation', `${title}: ${JSON.stringify({ ...claim, service: null })} for ${sent.method} ${target}`);
  if (claim.kind !== 'operation') throw new Error('unreachable');
  assert.equal(claim.service.name, model.name, title);
  const input = wires[claim.protocol].parse(claim.operation, { method: sent.method, path, query, form, labels: claim.labels, headers, body }, defaultLimits);
  return { operation: claim.operation.name, protocol: claim.protocol, input };
}

async function outputs(oracle: Oracle, model: ServiceModel, protocol: Protocol): Promise<void> {
  const generator = new Generator({ milliseconds: true });
  // botocore reads GetBucketLocation in a hook outside its parser: the SDK's test covers it
  const cases = operationsOf(model).filter((operation) => !operation.unwrappedOutput).flatMap((operation) =>
    (operation.output && operation.output.members.length > 0 ? VARIANTS : (['minimal'] as const)).map((variant) => ({ operation, variant, output: operation.output ? generator.structure(operation.output, variant, 'output') : undefined })),
  );
  await Promise.all(cases.map(async ({ operation, variant, output }) => {
    const title = `${operation.name} (${variant})`;
    const requestId = `id-${operation.name}`;
    const response = wires[protocol].serialise(operation, output, { service: model, requestId, operation, method: operation.method, path: '/' });
    const answer = await oracle.ask({
      do: 'response', model: model.name, protocol: BOTOCORE[protocol], operation: operation.name,
      response: { status: response.status, headers: response.headers, body: (await readAll(response.body)).toString('base64') },
    });
    assert.equal(answer['error'], undefined, `${title}: ${String(answer['trace'])}`);
    const events = operation.output?.members.find((member) => member.shape.type === 'structure' && member.shape.eventStream);
    const parsed = answer['parsed'] as Record<string, unknown>;
    if (events) delete parsed[events.name];
    // botocore's CBOR reader leaves answers without an output unread, ids and all
    if (!events && !(protocol === 'rpc-v2-cbor' && !operation.output)) assert.equal(answer['requestId'], requestId, title);
    const expected = withoutUnsendable(operation, output ?? {});
    const loose = isLoose(protocol, variant);
    const normal = (value: Record<string, unknown>): unknown => {
      const read = asBotocoreReads(operation, protocol, withoutEmptyBody(operation.output, value));
      return loose ? (pruned(withoutDefaultType(operation, read, expected)) ?? {}) : read;
    };
    assert.deepStrictEqual(normal(parsed), normal(tag(expected) as Record<string, unknown>), title);
    counts.outputs++;
  }));
}

/** An answer to HEAD, and one of status 204, has no body to carry members in; rest protocols alone have either. */
function withoutUnsendable(operation: OperationModel, output: Record<string, unknown>): Record<string, unknown> {
  const bodiless = (operation.method === 'HEAD' || operation.responseCode === 204) && operation.output !== null;
  if (!bodiless) return output;
  return Object.fromEntries(Object.entries(output).filter(([name]) => operation.output!.byName.get(name)?.location !== null));
}

/** An empty body is an absent payload, or an empty one: both are right. */
function withoutEmptyBody(shape: StructureShape | null, value: Record<string, unknown>): Record<string, unknown> {
  const payload = shape?.payload ? value[shape.payload] : undefined;
  const empty = (payload instanceof Uint8Array && payload.length === 0) || payload === '' || (typeof payload === 'object' && payload !== null && '$blob' in payload && payload.$blob === '');
  return empty ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== shape!.payload)) : value;
}

/** An answer always says its content type, whether the output did or not. */
function withoutDefaultType(operation: OperationModel, read: Record<string, unknown>, output: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(read).filter(([name]) => name in output || operation.output?.byName.get(name)?.wireName !== 'Content-Type'));
}

/** botocore hands string bodies out as the bytes of a stream, and JSON's odd numbers as the texts that they are on the wire. */
function asBotocoreReads(operation: OperationModel, protocol: Protocol, value: Record<string, unknown>): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const member = operation.output?.byName.get(name);
    if (member?.location === 'statusCode') continue;
    if (member?.location === 'headers' && Object.keys(item as object).length === 0) continue;
    const isBody = member !== undefined && operation.output?.payload === name && member.shape.type === 'string';
    read[name] = isBody && typeof item === 'string' ? { $blob: Buffer.from(item, 'utf8').toString('base64') } : protocol === 'json' ? textualNumbers(item) : item;
  }
  return read;
}

function textualNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textualNumbers);
  if (typeof value !== 'object' || value === null) return value;
  if ('$number' in value) return value.$number;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textualNumbers(item)]));
}

async function errors(oracle: Oracle, model: ServiceModel, protocol: Protocol): Promise<void> {
  const generator = new Generator({ milliseconds: true });
  const seen = new Set<string>();
  const cases = operationsOf(model).flatMap((operation) => operation.errors.filter((name) => !seen.has(name) && seen.add(name)).map((shapeName) => ({ operation, shapeName })));
  await Promise.all(cases.map(async ({ operation, shapeName }) => {
    const error = model.error(shapeName);
    assert.ok(error, shapeName);
    const generated = generator.structure(error.shape, 'full', 'output');
    const members = Object.fromEntries(Object.entries(generated).filter(([name]) => name.toLowerCase() !== 'message' && name !== 'Type'));
    const message = 'Not <so> & "so": grüße 😀';
    const failure = { error: new AwsError(shapeName, message, { members }), model: error, status: error.status, sender: error.senderFault };
    const response = wires[protocol].serialiseError(failure, { service: model, requestId: 'an-id', operation, method: 'POST', path: '/a' });
    const answer = await oracle.ask({
      do: 'response', model: model.name, protocol: BOTOCORE[protocol], operation: operation.name,
      response: { status: response.status, headers: response.headers, body: (await readAll(response.body)).toString('base64') },
    });
    assert.equal(answer['error'], undefined, `${shapeName}: ${String(answer['trace'])}`);
    const parsed = answer['parsed'] as { Error: { Code: string; Message: string }; ResponseMetadata: { RequestId: string } };
    const form = protocol === 'query' || protocol === 'rest-xml' || model.queryCompatible;
    assert.equal(parsed.Error.Code, form ? error.code : error.shapeName, shapeName);
    assert.equal(parsed.Error.Message, message, shapeName);
    assert.equal(parsed.ResponseMetadata.RequestId, 'an-id', shapeName);
    const modeled = answer['modeled'] as Record<string, unknown>;
    for (const [name, value] of Object.entries(members)) assert.deepStrictEqual(modeled[name], tag(value), `${shapeName}.${name}`);
    counts.errors++;
  }));
}

function operationsOf(model: ServiceModel): readonly OperationModel[] {
  return model.operationNames.filter((name) => model.name !== 's3' || !SHADOWED.has(name)).map((name) => model.operation(name)!);
}
