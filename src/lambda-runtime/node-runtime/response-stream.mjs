/**
 * `awslambda.streamifyResponse`: handlers that write their answer into a stream. The answer is gathered and handed in whole, which is what a
 * caller of plain Invoke gets on AWS too.
 */
import { Writable } from 'node:stream';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** Puts the `awslambda` global in place. */
export function supportStreaming(global) {
  global.awslambda = {
    streamifyResponse(handler) {
      handler[STREAMING] = 'response';
      return handler;
    },
    HttpResponseStream: {
      /** Writes the status and headers of an HTTP answer in front: JSON, then eight NUL bytes. */
      from(stream, metadata) {
        stream.setContentType('application/vnd.awslambda.http-integration-response');
        stream.write(Buffer.concat([Buffer.from(JSON.stringify(metadata)), Buffer.alloc(8)]));
        return stream;
      },
    },
  };
}

/** How to run a streaming handler: `(event, context) -> Promise<payload text>`; null for every other handler. */
export function streamingResult(handler) {
  if (handler[STREAMING] !== 'response') return null;
  return async (event, context) => {
    const parts = [];
    const stream = new Writable({
      write(chunk, _encoding, ready) {
        parts.push(chunk);
        ready();
      },
    });
    stream.setContentType = () => {};
    const write = stream.write.bind(stream);
    // AWS's stream takes objects too and writes them as JSON.
    stream.write = (chunk, ...more) => write(typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk), ...more);
    const finished = new Promise((resolve, reject) => {
      stream.on('finish', resolve);
      stream.on('error', reject);
    });
    await handler(event, stream, context);
    await finished;
    return Buffer.concat(parts).toString('utf8');
  };
}
