/**
 * The function's side of the Lambda Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), over one keep-alive
 * connection and with requests pipelined: an invocation costs one write and one read on each side.
 */
'use strict';
const { connect, Socket } = require('node:net');

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const PREFIX = '/2018-06-01/runtime';

class RuntimeClient {
  #address;
  #socket;
  /** Requests that wait for the next write. */
  #outgoing = '';
  /** Whom the next answers belong to, in order. */
  #waiting = [];
  #received = NOTHING;

  /** `address` is AWS_LAMBDA_RUNTIME_API: `host:port`; `descriptor`: a connection that the host has opened already (a spare process has no address yet). */
  constructor(address = '', descriptor) {
    this.#address = address;
    const colon = address.lastIndexOf(':');
    this.#socket = descriptor === undefined ? connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), noDelay: true }) : new Socket({ fd: Number(descriptor), readable: true, writable: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    // Without its host nobody can reach this environment: it ends, and takes along what the function has started.
    this.#socket.on('error', endGroup);
    this.#socket.on('close', endGroup);
  }

  /** Asks for the next invocation: `{ header(name), payload }`, payload as text; names of fields in small letters. */
  next() {
    this.#socket.ref();
    return new Promise((resolve) => {
      this.#waiting.push((head, names, body) => {
        resolve({ header: (name) => valueOf(head, names, name), payload: body.toString('utf8') });
      });
      this.#outgoing += `GET ${PREFIX}/invocation/next HTTP/1.1\r\nHost: ${this.#address}\r\n\r\n`;
      this.#flush();
    });
  }

  /** A spare process's only question, which it need not ask: the function that it is to run, as text. */
  assignment() {
    return new Promise((resolve) => void this.#waiting.push((_head, _names, body) => resolve(body.toString('utf8'))));
  }

  /** Tells that this process is the function's now, before any of the function's code runs in it. */
  acknowledgeAssignment() {
    this.#post('/turnpike/assigned', '', '');
    this.#flush();
  }

  /** Lets the process's event loop run empty while the function works, which is how `beforeExit` tells that nothing more can happen. */
  release() {
    this.#socket.unref();
  }

  /** Hands in the result of an invocation. It leaves with the next request, or at `flush`. */
  respond(id, payload, logRecords) {
    this.#post(`/invocation/${id}/response`, payload, `Turnpike-Log-Records: ${logRecords}\r\n`);
  }

  /** A result that is handed in as it comes: chunked, with what is known only at its end in trailers. Nothing has left before the first `write`. */
  stream(id) {
    const socket = this.#socket;
    const begin = (contentType) => {
      this.#waiting.push(() => {});
      this.#outgoing +=
        `POST ${PREFIX}/invocation/${id}/response HTTP/1.1\r\nHost: ${this.#address}\r\nContent-Type: ${contentType}\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n` +
        'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\nTransfer-Encoding: chunked\r\n\r\n';
      this.#flush();
    };
    let begun = false;
    return {
      get begun() {
        return begun;
      },
      write: (contentType, chunk, ready) => {
        if (!begun) begin(contentType);
        begun = true;
        if (chunk.length === 0) return ready();
        socket.cork();
        socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
        socket.write(chunk);
        socket.write('\r\n', 'latin1', () => ready());
        socket.uncork();
      },
      /** `document`: how it failed half-way; null: it did not. It leaves with the next request, or at `flush`. */
      end: (contentType, document, logRecords) => {
        if (!begun) begin(contentType);
        begun = true;
        const failure = document === null ? '' : `${failureHeaders(document)}Lambda-Runtime-Function-Error-Body: ${Buffer.from(JSON.stringify(document)).toString('base64')}\r\n`;
        this.#outgoing += `0\r\n${failure}Turnpike-Log-Records: ${logRecords}\r\n\r\n`;
      },
    };
  }

  /** Hands in the failure of an invocation. */
  fail(id, document, logRecords) {
    this.#post(`/invocation/${id}/error`, JSON.stringify(document), failureHeaders(document) + `Turnpike-Log-Records: ${logRecords}\r\n`);
  }

  /** Tells that the function could not be loaded. */
  failInit(document) {
    this.#post('/init/error', JSON.stringify(document), failureHeaders(document));
  }

  /** Resolves once everything handed in has been acknowledged. */
  flush() {
    this.#socket.ref();
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) return resolve();
      const last = this.#waiting.length - 1;
      const acknowledge = this.#waiting[last];
      this.#waiting[last] = (...answer) => {
        acknowledge(...answer);
        resolve();
      };
      this.#flush();
    });
  }

  #post(path, payload, headers) {
    this.#waiting.push(() => {});
    this.#outgoing +=
      `POST ${PREFIX}${path} HTTP/1.1\r\nHost: ${this.#address}\r\nContent-Type: application/json\r\n` +
      `${headers}Content-Length: ${Buffer.byteLength(payload)}\r\n\r\n${payload}`;
  }

  #flush() {
    if (this.#outgoing === '') return;
    const text = this.#outgoing;
    this.#outgoing = '';
    this.#socket.write(text, 'utf8');
  }

  #receive(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const end = this.#received.indexOf(HEAD_END);
      if (end < 0) return;
      const head = this.#received.toString('latin1', 0, end + 2);
      // Six fields are asked for, of a head that is the same for all of them.
      const names = head.toLowerCase();
      const length = Number(valueOf(head, names, 'content-length') ?? 0);
      const total = end + 4 + length;
      if (this.#received.length < total) {
        this.#await(total);
        return;
      }
      const body = this.#received.subarray(end + 4, total);
      this.#received = this.#received.length === total ? NOTHING : this.#received.subarray(total);
      this.#waiting.shift()?.(head, names, body);
    }
  }

  /** Collects the rest of a long message without copying what is there at every read. */
  #await(total) {
    const parts = [this.#received];
    let missing = total - this.#received.length;
    this.#socket.removeAllListeners('data');
    this.#socket.on('data', (chunk) => {
      parts.push(chunk);
      missing -= chunk.length;
      if (missing > 0) return;
      this.#socket.removeAllListeners('data');
      this.#socket.on('data', (next) => this.#receive(next));
      this.#received = NOTHING;
      this.#receive(Buffer.concat(parts));
    });
  }
}

function failureHeaders(document) {
  return `Lambda-Runtime-Function-Error-Type: ${String(document.errorType).replace(/[^\x21-\x7e]/g, '?')}\r\n`;
}

/** `names`: the head in small letters. */
function valueOf(head, names, name) {
  const at = names.indexOf(`\r\n${name}:`);
  if (at < 0) return undefined;
  const from = at + name.length + 3;
  return head.slice(from, head.indexOf('\r\n', from)).trim();
}

function endGroup() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(1);
  }
}

module.exports = { RuntimeClient };
