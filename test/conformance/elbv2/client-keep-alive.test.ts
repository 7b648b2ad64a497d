/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#http-client-keep-alive-duration */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { after, before, test } from 'node:test';
import { RawClient } from '../../e2e/http1/client.ts';
import { ask } from '../../e2e/http2/client.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { Installation, says, type Balancer, type Door } from './installation.ts';

const SECONDS = 'client_keep_alive.seconds';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

let installation: Installation;
let balancer: Balancer;
let plain: Door;
let secure: Door;
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer();
  plain = await installation.door(balancer, says('here'));
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'www.example.com' });
  secure = await installation.door(balancer, says('here'), { Protocol: 'HTTPS', Certificates: [{ CertificateArn }] });
});
after(() => installation[Symbol.asyncDispose]());

async function described(): Promise<string | undefined> {
  const { Attributes } = await installation.aws<{ Attributes: { Key: string; Value: string }[] }>('elbv2', 'DescribeLoadBalancerAttributes', { LoadBalancerArn: balancer.arn });
  return Attributes.find(({ Key }) => Key === SECONDS)?.Value;
}

/** The least that AWS takes is a minute: a test does not wait so long, and writes two seconds where the operation would. */
async function twoSeconds(): Promise<void> {
  const { store, reports } = installation.system;
  await store.transact((transaction) => {
    const row = transaction.get('elbv2/load-balancer', balancer.arn)!;
    transaction.put('elbv2/load-balancer', { ...row, attributes: { ...row.attributes, [SECONDS]: '2' } });
  });
  assert.ok(await reports.served(store.world.revision, 60_000));
}

test('it is an hour, and from a minute to seven days where it is asked for', async () => {
  assert.equal(await described(), '3600');
  for (const wrong of ['59', '604801', '0', '-1', 'off', '']) await assert.rejects(installation.attributes(balancer, { [SECONDS]: wrong }), { code: 'ValidationError' }, wrong);
  for (const right of ['60', '604800']) await installation.attributes(balancer, { [SECONDS]: right });
  assert.equal(await described(), '604800');
});

test('over HTTP/1.1 one more request is taken after it, and its answer closes the connection; traffic does not begin it anew', async () => {
  await twoSeconds();
  const client = await RawClient.open(plain.port);
  for (let i = 0; i < 3; i++) {
    client.send(GET);
    assert.equal((await client.answer()).headers['connection'], undefined);
    await pause(100);
  }
  await pause(2_100);
  assert.ok(!client.ended, 'nobody closes what only waits');
  client.send(GET);
  const last = await client.answer();
  assert.deepEqual([last.status, last.body, last.headers['connection']], [200, 'here', 'close']);
  await client.end();
  client.close();

  const next = await RawClient.open(plain.port);
  next.send(GET);
  assert.equal((await next.answer()).headers['connection'], undefined, 'another connection begins anew');
  next.close();
});

test('over HTTP/2 one more request is taken after it, and GOAWAY is said', async () => {
  await twoSeconds();
  const session = connect(`https://127.0.0.1:${secure.port}`, { rejectUnauthorized: false });
  const codes: number[] = [];
  session.on('goaway', (code: number) => void codes.push(code));
  const closed = once(session, 'close');
  const get = async (): Promise<string> => (await ask(session, { ':path': '/', ':authority': 'a' })).body.toString();
  assert.equal(await get(), 'here');
  await pause(2_600);
  assert.deepEqual([codes, session.closed], [[], false]);
  assert.equal(await get(), 'here');
  await eventually('it is told to go', () => codes.length > 0);
  assert.equal(codes[0], 0);
  await closed;
});
