/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html#rename-header */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { httpsGet } from './https-client.ts';
import { Installation, type Balancer, type Door, type Target } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
let door: Door;
let target: Target;
before(async () => {
  installation = await Installation.open();
  target = await installation.target();
  balancer = await installation.balancer();
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'www.example.com' });
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) }, {
    Protocol: 'HTTPS', Certificates: [{ CertificateArn }], SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
  });
});
after(() => installation[Symbol.asyncDispose]());

/** What the target is told of the handshake. */
async function told(names: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<readonly (string | undefined)[]> {
  assert.equal((await httpsGet(`https://127.0.0.1:${door.port}/`, headers)).status, 200);
  const seen = target.seen.at(-1)!.headers;
  return names.map((name) => seen[name] as string | undefined);
}

const OURS = ['x-amzn-tls-version', 'x-amzn-tls-cipher-suite'];

test('version and cipher suite are told where the balancer says so', async () => {
  assert.deepEqual(await told(OURS), [undefined, undefined]);
  await installation.attributes(balancer, { 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'true' });
  const [version, cipher] = await told(OURS, { 'x-amzn-tls-version': 'lie' });
  assert.equal(version, 'TLSv1.3');
  assert.match(cipher!, /^TLS_/);
});

test('the listener names them otherwise, and clients cannot say them', async () => {
  const names = { x_amzn_tls_version: 'X-Version', x_amzn_tls_cipher_suite: 'X-Suite' };
  await installation.aws('elbv2', 'ModifyListenerAttributes', { ListenerArn: door.arn, Attributes: Object.entries(names).map(([key, Value]) => ({ Key: `routing.http.request.${key}.header_name`, Value })) });
  const [version, suite, ...old] = await told(['x-version', 'x-suite', ...OURS], { 'X-Version': 'lie', 'x-amzn-tls-version': 'lie' });
  assert.equal(version, 'TLSv1.3');
  assert.match(suite!, /^TLS_/);
  assert.deepEqual(old, [undefined, undefined]);
});

test('names are fields of 40 characters at most', async () => {
  const name = (Value: string): Promise<unknown> => installation.aws('elbv2', 'ModifyListenerAttributes', { ListenerArn: door.arn, Attributes: [{ Key: 'routing.http.request.x_amzn_tls_version.header_name', Value }] });
  for (const wrong of ['a b', 'x:y', 'a'.repeat(41), 'é']) await assert.rejects(name(wrong), { code: 'ValidationError' }, wrong);
  await name('a'.repeat(40));
});
