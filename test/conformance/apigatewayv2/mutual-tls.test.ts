/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { refusal } from '../../support/refusal.ts';
import { ClientAuthority, type Shown } from '../../support/client-authority.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { ApiInstallation, ECHO, type Api } from './http-api.ts';

const URI = 's3://trust/clients.pem';
let apis: ApiInstallation;
let api: Api;
let root: ClientAuthority;
let client: Shown;
let names = 0;
before(async () => {
  apis = await ApiInstallation.open();
  root = await ClientAuthority.root();
  client = await root.client({ subject: 'CN=till,O=Shop,C=US', serialNumber: '0abc01' });
  put('clients.pem', root.pem);
  api = await apis.api();
  const echo = await apis.function(ECHO);
  await apis.route(api, 'GET /two', await apis.lambda(api, echo));
  await apis.route(api, 'GET /one', await apis.lambda(api, echo, { PayloadFormatVersion: '1.0' }));
});
after(() => apis[Symbol.asyncDispose]());

function put(key: string, content: string): void {
  mkdirSync(join(apis.inside.folder, 's3', 'trust'), { recursive: true });
  writeFileSync(join(apis.inside.folder, 's3', 'trust', key), content);
}

interface MutualTls {
  readonly TruststoreUri: string;
  readonly TruststoreWarnings?: readonly string[];
}

async function domain(MutualTlsAuthentication: object | undefined, more: { readonly arn?: string; readonly proof?: string } = {}): Promise<{ readonly name: string; readonly mutual: MutualTls | undefined }> {
  const name = `m${++names}.example.com`;
  const CertificateArn = more.arn ?? (await apis.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: name })).CertificateArn;
  const { MutualTlsAuthentication: mutual } = await apis.v2<{ MutualTlsAuthentication?: MutualTls }>('CreateDomainName', {
    DomainName: name, DomainNameConfigurations: [{ CertificateArn, ...(more.proof !== undefined && { OwnershipVerificationCertificateArn: more.proof }) }], ...(MutualTlsAuthentication && { MutualTlsAuthentication }),
  });
  await apis.v2('CreateApiMapping', { DomainName: name, ApiId: api.id, Stage: '$default' });
  return { name, mutual };
}

function ask(servername: string, path: string, { shown, host = servername }: { readonly shown?: Shown; readonly host?: string } = {}): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: apis.tlsPort, servername, path, headers: { host }, rejectUnauthorized: false, agent: false, ...shown }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' };

test('a client whose certificate is trusted gets in, and functions learn who it is, in both formats', async () => {
  const { name, mutual } = await domain({ TruststoreUri: URI });
  assert.deepEqual(mutual, { TruststoreUri: URI });
  const own = new X509Certificate(client.cert);
  const expected = {
    clientCertPem: own.toString(), subjectDN: 'C=US,O=Shop,CN=till', issuerDN: 'C=US,O=Example,CN=Root', serialNumber: '0a:bc:01', validity: { notBefore: own.validFrom, notAfter: own.validTo },
  };
  const event = async (path: string) => {
    const { status, body } = await ask(name, path, { shown: client });
    assert.equal(status, 200, body);
    return (JSON.parse(body) as { requestContext: { authentication?: object; identity?: { clientCert?: object } } }).requestContext;
  };
  assert.deepEqual((await event('/two')).authentication, { clientCert: expected });
  assert.deepEqual((await event('/one')).identity!.clientCert, expected);
});

test('without a certificate, with a stranger\'s and with one that has expired it is 403', async () => {
  const { name } = await domain({ TruststoreUri: URI });
  const stranger = await (await ClientAuthority.root('CN=Other')).client();
  for (const shown of [undefined, stranger, await root.client({ until: -1 })]) assert.deepEqual(await ask(name, '/two', shown === undefined ? {} : { shown }), FORBIDDEN);
});

test('no other way leads past it: not without TLS, not by another name', async () => {
  const { name } = await domain({ TruststoreUri: URI });
  const open = await domain(undefined);
  const plain = await apis.get(name, { path: '/two' });
  assert.deepEqual([plain.status, plain.body], [403, '{"message":"Forbidden"}']);
  // who names the one in the handshake and the other in the request gets what the first serves
  assert.equal((await ask(name, '/two', { host: open.name })).status, 403);
  const fronted = await ask(open.name, '/two', { host: name });
  assert.equal((JSON.parse(fronted.body) as { requestContext: { authentication?: object } }).requestContext.authentication, undefined);
});

test('the API\'s own name asks for nothing unless it is disabled', async () => {
  assert.equal((await ask(api.host, '/two')).status, 200);
  await apis.v2('UpdateApi', { ApiId: api.id, DisableExecuteApiEndpoint: true });
  assert.equal((await ask(api.host, '/two')).status, 404);
  const { name } = await domain({ TruststoreUri: URI });
  assert.equal((await ask(name, '/two', { shown: client })).status, 200);
  await apis.v2('UpdateApi', { ApiId: api.id, DisableExecuteApiEndpoint: false });
});

test('the truststore is read when it is named, updated by an update, and taken away by an empty one', async () => {
  const other = await ClientAuthority.root('CN=Other');
  const second = await other.client();
  put('changing.pem', root.pem);
  const { name } = await domain({ TruststoreUri: 's3://trust/changing.pem' });
  put('changing.pem', `${root.pem}${other.pem}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`);
  assert.equal((await ask(name, '/two', { shown: second })).status, 403);
  const updated = await apis.v2<{ MutualTlsAuthentication: MutualTls }>('UpdateDomainName', { DomainName: name, MutualTlsAuthentication: { TruststoreUri: 's3://trust/changing.pem' } });
  assert.deepEqual(updated.MutualTlsAuthentication, { TruststoreUri: 's3://trust/changing.pem', TruststoreWarnings: ['Certificate 3 of the truststore cannot be read'] });
  assert.equal((await ask(name, '/two', { shown: second })).status, 200);
  assert.equal((await ask(name, '/two', { shown: client })).status, 200);
  // what does not speak of it leaves it
  await apis.v2('UpdateDomainName', { DomainName: name, RoutingMode: 'API_MAPPING_ONLY' });
  assert.equal((await ask(name, '/two')).status, 403);
  await apis.v2('UpdateDomainName', { DomainName: name, MutualTlsAuthentication: { TruststoreUri: '' } });
  assert.equal((await ask(name, '/two')).status, 200);
  assert.equal((await apis.v2<{ MutualTlsAuthentication?: MutualTls }>('GetDomainName', { DomainName: name })).MutualTlsAuthentication, undefined);
});

test('an imported certificate needs one that proves ownership; what is no truststore is refused', async () => {
  const { certificate, privateKey } = await selfSigned('*.example.com', 'example.com');
  const { CertificateArn: arn } = await apis.aws<{ CertificateArn: string }>('acm', 'ImportCertificate', { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) });
  await assert.rejects(domain({ TruststoreUri: URI }, { arn }), refusal('BadRequestException', /ownership verification certificate/));
  const { CertificateArn: proof } = await apis.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: '*.example.com' });
  const { name } = await domain({ TruststoreUri: URI }, { arn, proof });
  assert.equal((await ask(name, '/two', { shown: client })).status, 200);
  put('none.pem', 'nothing');
  for (const uri of ['s3://trust/none.pem', 's3://trust/gone.pem', 'https://trust/clients.pem', 's3://trust']) await assert.rejects(domain({ TruststoreUri: uri }), refusal('BadRequestException', /truststore/i), uri);
});

test('the access log and parameter mapping know the certificate', async () => {
  const { name } = await domain({ TruststoreUri: URI });
  const target = await apis.inside.target();
  const integration = await apis.url(api, `http://127.0.0.1:${target.port}/`, { RequestParameters: { 'overwrite:header.x-client': '$context.identity.clientCert.subjectDN', 'overwrite:header.x-serial': '$context.identity.clientCert.serialNumber' } });
  await apis.route(api, 'GET /mapped', integration);
  assert.equal((await ask(name, '/mapped', { shown: client })).status, 200);
  assert.deepEqual([target.seen[0]!.headers['x-client'], target.seen[0]!.headers['x-serial']], ['C=US,O=Shop,CN=till', '0a:bc:01']);
});
