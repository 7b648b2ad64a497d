import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../error.ts';
import { openModels } from '../../model/library.ts';
import { encodeMessage } from './message.ts';
import { frameEvents, streamOf } from './output.ts';

// The first two are vectors of the AWS SDKs' event stream suite: the empty message, and a payload with one header.
test('messages are encoded as documented', () => {
  assert.equal(encodeMessage({ headers: [], payload: new Uint8Array() }).toString('hex'), '000000100000000005c248eb7d98c8ff');
  assert.equal(
    encodeMessage({ headers: [['content-type', { type: 'string', value: 'application/json' }]], payload: Buffer.from("{'foo':'bar'}") }).toString('hex'),
    '0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1',
  );
  const all = encodeMessage({
    headers: [['b', { type: 'boolean', value: true }], ['i', { type: 'integer', value: -2 }], ['l', { type: 'long', value: 5n }], ['y', { type: 'bytes', value: new Uint8Array([1, 2]) }], ['t', { type: 'timestamp', value: new Date(1000) }]],
    payload: new Uint8Array(),
  });
  assert.equal(all.subarray(12, -4).toString('hex'), ['016200', '016904fffffffe', '016c050000000000000005', '01790600020102', '01740800000000000003e8'].join(''));
  assert.throws(() => encodeMessage({ headers: [['a', { type: 'string', value: 'x'.repeat(40_000) }]], payload: new Uint8Array() }), RangeError);
});

test('an error in the midst of a stream is its last message', async () => {
  const shape = openModels().model('logs').operation('StartLiveTail')!.output!;
  const run = async (error: Error): Promise<string> => {
    const stream = streamOf(shape, {
      responseStream: (async function* () {
        yield { sessionUpdate: { sessionResults: [] } };
        throw error;
      })(),
    })!;
    const chunks: Buffer[] = [];
    for await (const chunk of frameEvents(stream, { contentType: 'application/json', initial: Buffer.from('{}'), encode: (_shape, value) => Buffer.from(JSON.stringify(value)) })) chunks.push(chunk);
    assert.equal(chunks.length, 3);
    assert.match(chunks[0]!.toString('latin1'), /:event-type..\x00?.initial-response/s);
    assert.match(chunks[1]!.toString('latin1'), /sessionUpdate/);
    return chunks[2]!.toString('latin1');
  };
  assert.match(await run(new AwsError('SessionTimeoutException', 'over')), /exception.*SessionTimeoutException.*"message":"over"/s);
  assert.match(await run(new AwsError('Other', 'why')), /:error-code.*Other.*:error-message.*why/s);
  const unknown = await run(new Error('secret'));
  assert.match(unknown, /InternalFailure/);
  assert.doesNotMatch(unknown, /secret/);
});
