import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { after, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { ask as askHttp1 } from '../http1/client.ts';
import { Stage } from '../http1/stage.ts';
import { ask } from './client.ts';
import { block, END_HEADERS, END_STREAM, frame, GET, PREFACE, settings, T } from './raw.ts';

describe('HTTP/2 without TLS', () => {
  const stages: Stage[] = [];
  const open = async (priorKnowledge: boolean): Promise<Stage> => {
    const stage = await Stage.open({ targets: [], action: { kind: 'fixed-response', status: 200, contentType: null, body: 'hello' } }, { priorKnowledge });
    stages.push(stage);
    return stage;
  };
  after(async () => {
    for (const stage of stages) await stage.close();
  });

  it('is spoken with prior knowledge where the installation says so, beside HTTP/1.1', async () => {
    const stage = await open(true);
    const session = connect(`http://127.0.0.1:${stage.port}`);
    assert.equal((await ask(session, { ':path': '/' })).body.toString(), 'hello');
    assert.equal((await ask(session, { ':path': '/' })).headers[':status'], 200);
    session.destroy();
    assert.equal((await askHttp1(stage.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).status, 200);
    assert.equal((await askHttp1(stage.port, 'P / HTTP/1.1\r\nHost: x\r\n\r\n')).status, 200);
  });

  it('is known by its first octets, however they come', async () => {
    const stage = await open(true);
    const socket = connectTcp(stage.port, '127.0.0.1');
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => void heard.push(chunk));
    for (const octet of PREFACE) {
      socket.write(octet);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    socket.write(Buffer.concat([settings(), frame(T.HEADERS, END_HEADERS | END_STREAM, 1, block(GET))]));
    await eventually('it is served', () => Buffer.concat(heard).includes('hello'));
    socket.destroy();
  });

  it('is refused as ALB refuses it otherwise', async () => {
    const stage = await open(false);
    assert.equal((await askHttp1(stage.port, PREFACE)).status, 505);
  });

  it('is never upgraded to (RFC 9113 section 3.1): the fields stop here', async () => {
    const stage = await open(true);
    const socket = connectTcp(stage.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    assert.match(chunk.toString(), /^HTTP\/1\.1 200 /);
    socket.destroy();
  });
});
