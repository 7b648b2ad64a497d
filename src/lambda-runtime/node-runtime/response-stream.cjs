/**
 * `awslambda.streamifyResponse`: handlers that write their answer into a stream. It leaves as it is written; a caller of plain Invoke gets it whole, as on AWS.
 */
'use strict';
const { Writable } = require('node:stream');

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** Puts the `awslambda` global in place. */
function supportStreaming(global) {
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

/** Whether a handler writes into a stream. */
function isStreaming(handler) {
  return handler[STREAMING] === 'response';
}

/** The stream that a handler writes into; `response` carries it to the host. `finished` resolves when it has been ended; `drain` ends it, and calls back when what was written has left. */
function responseStream(response) {
  let contentType = 'application/octet-stream';
  const stream = new Writable({
    write(chunk, _encoding, ready) {
      response.write(contentType, chunk, ready);
    },
  });
  // Its parts are counted by the host, and a full pipe makes the handler wait.
  const write = stream.write.bind(stream);
  stream.setContentType = (type) => {
    contentType = String(type).replace(/[^\x20-\x7e]/g, '?');
  };
  // AWS's stream takes objects too and writes them as JSON.
  stream.write = (chunk, ...more) => write(typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk), ...more);
  const finished = new Promise((resolve, reject) => {
    stream.on('finish', () => resolve(contentType));
    stream.on('error', reject);
  });
  finished.catch(() => {});
  const drain = (done) => {
    if (stream.destroyed || stream.writableLength === 0) return done();
    stream.once('close', done);
    stream.end();
  };
  return { stream, finished, drain };
}

module.exports = { supportStreaming, isStreaming, responseStream };
