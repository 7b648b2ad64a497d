import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { readDirectly } from './read-directly.ts';

async function reading(onRead: (socket: Socket, text: string) => boolean | Buffer, run: (ours: Socket, theirs: Socket) => Promise<void>): Promise<void> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let buffer: Buffer = Buffer.alloc(1024);
  const fail = (): boolean => assert.fail("the insides of sockets have changed: reads go through the stream's function");
  const ours = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', onread: { buffer, callback: fail } });
  const direct = readDirectly(ours, (length) => {
    const after = onRead(ours, buffer.toString('latin1', 0, length));
    if (typeof after !== 'boolean') buffer = after;
    return after;
  });
  assert.equal(direct, true);
  const [theirs] = (await once(server, 'connection')) as [Socket];
  theirs.on('error', () => {});
  try {
    await run(ours, theirs);
  } finally {
    ours.destroy();
    theirs.destroy();
    server.close();
  }
}

const said = async (texts: readonly string[], count: number): Promise<void> => {
  while (texts.join('').length < count) await new Promise((resolve) => void setImmediate(resolve));
};

test('reads come in place, and the end of the stream its own way', async () => {
  const heard: string[] = [];
  await reading((_, text) => heard.push(text) > 0, async (ours, theirs) => {
    theirs.write('one');
    await said(heard, 3);
    theirs.end('two');
    await once(ours, 'end');
  });
  assert.equal(heard.join(''), 'onetwo');
});

test('reading stops until it is resumed, and nothing is lost', async () => {
  const heard: string[] = [];
  await reading((_, text) => {
    heard.push(text);
    return heard.length !== 1;
  }, async (ours, theirs) => {
    theirs.write('one');
    await said(heard, 3);
    theirs.write('two');
    await new Promise((resolve) => void setTimeout(resolve, 20));
    assert.deepEqual(heard, ['one']);
    ours.resume();
    await said(heard, 6);
  });
  assert.equal(heard.join(''), 'onetwo');
});

test('another buffer takes what is read next', async () => {
  const heard: string[] = [];
  const other = Buffer.alloc(16);
  await reading((_, text) => {
    heard.push(text);
    return other;
  }, async (_, theirs) => {
    theirs.write('one');
    await said(heard, 3);
    theirs.write('two');
    await said(heard, 6);
  });
  assert.equal(other.toString('latin1', 0, 3), 'two');
  assert.equal(heard.join(''), 'onetwo');
});
