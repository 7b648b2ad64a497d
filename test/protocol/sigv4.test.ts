import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Fields, presign, signHeaders, Verifier, type Credentials, type SigningOptions, type VerifiableRequest } from '../../src/aws/index.ts';
import { FakeClock, Secret } from '../../src/kernel/index.ts';

// AWS's signing suite: what is signed, and that what was signed verifies, and nothing else does.

const SUITE = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'sigv4');
const absence = existsSync(SUITE) ? false : 'the signing suite (../shared/data/sigv4) is not here';

interface Context {
  readonly credentials: { readonly access_key_id: string; readonly secret_access_key: string; readonly token?: string };
  readonly expiration_in_seconds: number;
  readonly normalize: boolean;
  readonly region: string;
  readonly service: string;
  readonly sign_body: boolean;
  readonly timestamp: string;
  readonly omit_session_token?: boolean;
}

interface SuiteRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

describe('the signing suite', { skip: absence }, () => {
  for (const name of absence === false ? readdirSync(SUITE).sort() : []) {
    const read = (file: string): string => readFileSync(join(SUITE, name, file), 'utf8').replaceAll('\r\n', '\n');
    test(`${name}: headers`, () => {
      const context = JSON.parse(read('context.json')) as Context;
      const result = signHeaders(parseRequest(read('request.txt')), optionsOf(context));
      assert.equal(result.canonicalRequest, read('header-canonical-request.txt'));
      assert.equal(result.stringToSign, read('header-string-to-sign.txt'));
      assert.equal(result.signature, read('header-signature.txt'));
      checkVerification(parseRequest(read('header-signed-request.txt')), context);
    });
    test(`${name}: URL`, () => {
      const context = JSON.parse(read('context.json')) as Context;
      const result = presign(parseRequest(read('request.txt')), { ...optionsOf(context), expires: context.expiration_in_seconds });
      assert.equal(result.canonicalRequest, read('query-canonical-request.txt'));
      assert.equal(result.stringToSign, read('query-string-to-sign.txt'));
      assert.equal(result.signature, read('query-signature.txt'));
      checkVerification(parseRequest(read('query-signed-request.txt')), context);
    });
  }
});

function optionsOf(context: Context): SigningOptions {
  const { credentials, region, service } = context;
  return {
    accessKeyId: credentials.access_key_id,
    secret: credentials.secret_access_key,
    ...(credentials.token === undefined ? {} : { sessionToken: credentials.token }),
    region,
    service,
    now: Date.parse(context.timestamp),
    keepPath: !context.normalize,
    signBody: context.sign_body,
    tokenUnsigned: context.omit_session_token === true,
  };
}

/** The suite's HTTP: a target may hold spaces, a header may go on in the next line. */
function parseRequest(text: string): SuiteRequest {
  const end = text.indexOf('\n\n');
  const head = (end < 0 ? text : text.slice(0, end)).replaceAll(/\n[ \t]+/g, ' ').split('\n').filter((line) => line !== '');
  const [method = ''] = head[0]!.split(' ');
  const url = head[0]!.slice(method.length + 1, head[0]!.lastIndexOf(' HTTP/'));
  const headers = head.slice(1).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const);
  return { method, url, headers, body: Buffer.from(end < 0 ? '' : text.slice(end + 2).replace(/\n+$/, ''), 'utf8') };
}

function checkVerification(request: SuiteRequest, context: Context): void {
  const clock = new FakeClock(Date.parse(context.timestamp));
  const { credentials } = context;
  const known: Credentials = {
    find: (id) => (id === credentials.access_key_id ? { secret: new Secret(credentials.secret_access_key), account: '123456789012', principal: 'arn:aws:iam::123456789012:root', ...(credentials.token === undefined ? {} : { sessionToken: credentials.token }) } : null),
  };
  const verifier = new Verifier({ credentials: known, clock });
  const verifiable = (change: Partial<SuiteRequest> = {}): VerifiableRequest => {
    const changed = { ...request, ...change };
    return { method: changed.method, url: changed.url, headers: new Fields(changed.headers.flat()), body: changed.body };
  };
  const verdict = verifier.verify(verifiable(), context.service);
  assert.ok(verdict.ok, JSON.stringify(verdict));

  const kind = (change: Partial<SuiteRequest>): string => {
    const changed = verifier.verify(verifiable(change), context.service);
    return changed.ok ? 'accepted' : changed.refusal.kind;
  };
  assert.equal(kind({ method: 'DELETE' }), 'mismatch');
  assert.equal(kind({ body: Buffer.from('something else') }), 'mismatch');
  assert.equal(kind({ url: request.url.includes('?') ? `${request.url}&more=1` : `${request.url}?more=1` }), 'mismatch');
  assert.equal(kind({ headers: request.headers.map(([name, value]) => (name.toLowerCase() === 'host' ? [name, 'elsewhere.example'] : [name, value])) }), 'mismatch');
  clock.advance((context.expiration_in_seconds + 1000) * 1000);
  assert.match(kind({}), /^(skewed|presigned-expired)$/);
}
