/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html#apis-apiid-integrations-model-tlsconfig */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { ApiInstallation } from './http-api.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-https-proxy-'));
let trusting: ApiInstallation;
let server: Server;
let port: number;
before(async () => {
  // one installation makes a certificate, another trusts its authority
  await using issuer = await ApiInstallation.open();
  const { CertificateArn } = await issuer.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'service.example.com', SubjectAlternativeNames: ['own.service.localhost'] });
  const { world } = issuer.inside.system.store;
  const certificate = world.get('acm/certificate', CertificateArn)!;
  writeFileSync(join(folder, 'root.pem'), world.get('acm/authority', 'local')!.certificate);
  server = createServer({ cert: `${certificate.certificate}\n${certificate.chain}`, key: certificate.privateKey }, (request, response) => {
    response.end(`${(request.socket as TLSSocket & { servername?: string }).servername ?? ''} ${request.headers.host}`);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  trusting = await ApiInstallation.open({ trust: join(folder, 'root.pem') });
});
after(async () => {
  await trusting[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function answer(apis: ApiInstallation, url: string, more: object = {}): Promise<readonly [number, string]> {
  const api = await apis.api();
  await apis.route(api, '$default', await apis.url(api, url, more));
  const { status, body } = await apis.get(api);
  return [status, body];
}

test('the certificate must be of an authority that is trusted, and for the host', async () => {
  assert.deepEqual(await answer(trusting, `https://own.service.localhost:${port}/`), [200, `own.service.localhost own.service.localhost:${port}`]);
  assert.deepEqual(await answer(trusting, `https://127.0.0.1:${port}/`), [503, '{"message":"Service Unavailable"}']);
});

test('or for the name that the integration says, which is asked for too', async () => {
  assert.deepEqual(await answer(trusting, `https://127.0.0.1:${port}/`, { TlsConfig: { ServerNameToVerify: 'service.example.com' } }), [200, `service.example.com 127.0.0.1:${port}`]);
  assert.deepEqual(await answer(trusting, `https://own.service.localhost:${port}/`, { TlsConfig: { ServerNameToVerify: 'other.example.com' } }), [503, '{"message":"Service Unavailable"}']);
});

test('without trust in its authority nothing is sent', async () => {
  await using strict = await ApiInstallation.open();
  assert.deepEqual(await answer(strict, `https://own.service.localhost:${port}/`), [503, '{"message":"Service Unavailable"}']);
});
