/** Bodies through APIs, and through an API and a balancer as one chain: long, slow, broken off. Not of AWS's documentation: what must hold of a proxy. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { RawClient } from '../../e2e/http1/client.ts';
import type { Target } from '../elbv2/installation.ts';
import { ApiInstallation, type Api } from './http-api.ts';

const BIG = randomBytes(4 * 1024 * 1024);
const digest = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

let apis: ApiInstallation;
let target: Target;
let direct: Api;
let chained: Api;
const aborted: string[] = [];
before(async () => {
  apis = await ApiInstallation.open();
  target = await apis.inside.target((incoming, response) => {
    response.on('close', () => {
      if (!response.writableFinished) aborted.push(incoming.url ?? '');
    });
    switch (incoming.url) {
      case '/big':
        return void response.end(BIG);
      case '/chunked':
        response.write(BIG.subarray(0, 1_000_000));
        return void setTimeout(() => response.end(BIG.subarray(1_000_000)), 50);
      case '/broken':
        response.writeHead(200, { 'content-length': '1000' });
        response.write('some');
        return void setTimeout(() => response.destroy(), 50);
      case '/endless': {
        const timer = setInterval(() => response.write('more'), 5);
        return void response.on('close', () => clearInterval(timer));
      }
      case '/early':
        return void response.writeHead(403).end('no');
      default: {
        const hash = createHash('sha256');
        let size = 0;
        incoming.on('data', (part: Buffer) => {
          hash.update(part);
          size += part.length;
        });
        incoming.on('end', () => response.end(`${size} ${hash.digest('hex')} ${incoming.headers['content-length'] ?? 'chunked'}`));
      }
    }
  });
  direct = await apis.api();
  await apis.route(direct, 'ANY /{proxy+}', await apis.url(direct, `http://127.0.0.1:${target.port}/{proxy}`));
  chained = await apis.api();
  const door = await apis.inside.door(await apis.inside.balancer(), { Type: 'forward', TargetGroupArn: await apis.inside.group([target.port]) });
  const subnets = await apis.aws<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets', {});
  const { VpcLinkId } = await apis.v2<{ VpcLinkId: string }>('CreateVpcLink', { Name: 'link', SubnetIds: subnets.Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId) });
  await apis.route(chained, 'ANY /{proxy+}', await apis.integration(chained, { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', ConnectionType: 'VPC_LINK', ConnectionId: VpcLinkId, IntegrationUri: door.arn }));
});
after(() => apis[Symbol.asyncDispose]());

const both = (): readonly (readonly [string, Api])[] => [['direct', direct], ['chained', chained]];

function call(api: Api, path: string, options: { readonly method?: string; readonly body?: Buffer; readonly chunked?: boolean; readonly slowly?: boolean } = {}): Promise<{ readonly status: number; readonly body: Buffer }> {
  const { method = 'GET', body, chunked = false, slowly = false } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: apis.port, path, method, headers: { host: api.host, ...(body && (chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': body.length })) }, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => {
        parts.push(part);
        if (slowly) {
          response.pause();
          setTimeout(() => response.resume(), 2);
        }
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('long answers arrive whole, to a client that is slow too', async () => {
  for (const [name, api] of both()) {
    for (const path of ['/big', '/chunked']) {
      const { status, body } = await call(api, path, { slowly: path === '/big' });
      assert.deepEqual([name, status, body.length, digest(body)], [name, 200, BIG.length, digest(BIG)]);
    }
  }
});

test('long uploads arrive whole, with a length', async () => {
  for (const [name, api] of both()) {
    for (const chunked of [false, true]) {
      const { status, body } = await call(api, '/upload', { method: 'POST', body: BIG, chunked });
      assert.deepEqual([name, status, body.toString()], [name, 200, `${BIG.length} ${digest(BIG)} ${BIG.length}`]);
    }
  }
});

test('an answer that breaks off never looks whole', async () => {
  for (const [name, api] of both()) await assert.rejects(call(api, '/broken'), { code: 'ECONNRESET' }, name);
});

test('a client that goes away takes its request to the target with it, and what comes next is served', async () => {
  for (const [, api] of both()) {
    aborted.length = 0;
    const client = await RawClient.open(apis.port);
    client.send(`GET /endless HTTP/1.1\r\nHost: ${api.host}\r\n\r\n`);
    await client.until((heard) => heard.includes('more'));
    client.socket.destroy();
    await eventually('the target hears of it', () => aborted.includes('/endless'));
    assert.equal((await call(api, '/early')).status, 403);
  }
});

test('requests that are sent ahead are answered in their order', async () => {
  for (const [, api] of both()) {
    const client = await RawClient.open(apis.port);
    const one = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: ${api.host}\r\n${more}\r\n`;
    client.send(`${one('/early')}${one('/nothing')}${one('/early', 'Connection: close\r\n')}`);
    await client.until((heard) => (heard.match(/HTTP\/1\.1 \d{3}/g) ?? []).length === 3);
    assert.deepEqual(client.heard.match(/HTTP\/1\.1 \d{3}/g), ['HTTP/1.1 403', 'HTTP/1.1 200', 'HTTP/1.1 403']);
    client.socket.destroy();
  }
});
