/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html#rename-header */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PLAIN_FIELD_NAMES, type HttpSettings } from '../../../src/snapshot/index.ts';
import { ClientAuthority } from '../../support/client-authority.ts';
import { freePort } from '../../support/free-port.ts';
import { perRequest, RawBackend } from '../http1/stage.ts';
import { TestAuthority } from './authority.ts';
import { greet } from './client.ts';
import { FORWARD, TlsStage, type TlsScene } from './stage.ts';

const NAMES: HttpSettings['fieldNames'] = {
  ...PLAIN_FIELD_NAMES, tlsVersion: 'X-Version', tlsCipherSuite: 'X-Suite', serialNumber: 'X-Cert-Serial', subject: 'X-Cert-Subject', leaf: 'X-Cert-Leaf',
};

let root: ClientAuthority;
let stage: TlsStage;
let target: RawBackend;
let server: Awaited<ReturnType<TestAuthority['leaf']>>;
const heads: string[] = [];
before(async () => {
  root = await ClientAuthority.root();
  server = await (await TestAuthority.make()).leaf('server', ['localhost']);
  target = await RawBackend.open({
    answer: perRequest((head) => {
      heads.push(head);
      return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    }),
  });
  const scene: TlsScene = {
    sites: {
      one: {
        certificates: [server], action: FORWARD, http: { tlsHeaders: true, fieldNames: NAMES },
        tls: { clients: { kind: 'verify', trustStore: 'arn:trust', refuses: 'connections', authorities: [root.pem], revocations: [], ignoreExpiry: false, advertiseNames: false } },
      },
    },
    targets: [target.port],
  };
  stage = await TlsStage.open(scene, { port: await freePort() });
});
after(async () => {
  await stage.close();
  await target.close();
});

test('fields about TLS and certificates have the names of the listener, and are told by nobody else', async () => {
  const forged = ['X-Version', 'x-suite', 'X-Cert-Serial', 'X-CERT-SUBJECT', 'X-Cert-Leaf', 'X-Amzn-Tls-Version', 'X-Amzn-Mtls-Clientcert-Issuer', 'X-Amzn-Mtls-Clientcert-Subject'].map((name) => `${name}: forged\r\n`).join('');
  await greet(stage.port, await root.client(), async (client) => assert.equal((await client.request('localhost', '/', forged)).status, 200));
  const fields = heads.at(-1)!.split('\r\n').slice(1).map((line) => line.split(': ')[0]!.toLowerCase());
  for (const name of ['x-version', 'x-suite', 'x-cert-serial', 'x-cert-subject', 'x-cert-leaf', 'x-amzn-mtls-clientcert-issuer', 'x-amzn-mtls-clientcert-validity']) {
    assert.equal(fields.filter((field) => field === name).length, 1, name);
  }
  for (const name of ['x-amzn-tls-version', 'x-amzn-tls-cipher-suite', 'x-amzn-mtls-clientcert-serial-number', 'x-amzn-mtls-clientcert-subject', 'x-amzn-mtls-clientcert-leaf']) assert.ok(!fields.includes(name), name);
  assert.ok(!heads.at(-1)!.includes('forged'));
});
