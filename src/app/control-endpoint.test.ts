import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { ControlEndpoint } from './control-endpoint.ts';

test('an answer in parts ends when its client leaves, however slow it was, and what it came from is told', async (t) => {
  let made = 0;
  let over = false;
  async function* parts(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        made++;
        yield Buffer.alloc(256 * 1024);
      }
    } finally {
      over = true;
    }
  }
  const endpoint = new ControlEndpoint({ host: '127.0.0.1', port: 0, bodyLimit: 1000, onError: assert.ifError, handlers: [() => Promise.resolve({ status: 200, headers: {}, body: parts() })] });
  const { port } = await endpoint.listen();
  t.after(() => endpoint.close());
  const asked = request({ host: '127.0.0.1', port, agent: false });
  asked.on('error', () => {});
  asked.end();
  const answer = await new Promise<NodeJS.ReadableStream>((resolve) => void asked.once('response', resolve));
  answer.on('error', () => {});
  answer.pause();
  let before = -1;
  await eventually('it waits for its client', () => made === before || ((before = made), false));
  asked.destroy();
  await eventually('it is over', () => over);
});

test('a body that is too large is refused, and a client that leaves before the end of its own is no error of ours', async () => {
  const errors: Error[] = [];
  let answered = 0;
  const endpoint = new ControlEndpoint({ host: '127.0.0.1', port: 0, bodyLimit: 1000, onError: (error) => errors.push(error), handlers: [async () => (answered++, { status: 200, headers: {}, body: Buffer.from('fine') })] });
  const { port } = await endpoint.listen();
  const begun = async (length: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`);
    const [said] = (await once(socket, 'data')) as [Buffer];
    assert.match(said.toString(), /^HTTP\/1\.1 100 /);
    return socket;
  };
  const large = await begun(5000);
  large.write('x'.repeat(1001));
  assert.match((await large.toArray()).join(''), /^HTTP\/1\.1 413 .*The request body is larger than 1000 bytes\./s);
  const leaving = await begun(900);
  leaving.write('abc');
  leaving.resetAndDestroy();
  // whoever comes after it is served, by which time it has been heard of
  for (let n = 1; n <= 3; n++) {
    const whole = await begun(900);
    whole.write('x'.repeat(900));
    assert.match((await whole.toArray()).join(''), /^HTTP\/1\.1 200 /);
    assert.equal(answered, n);
  }
  await endpoint.close();
  assert.deepEqual(errors, []);
});
