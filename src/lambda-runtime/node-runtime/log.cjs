/**
 * The console of a function: each call is one record, with the time, the request id and the level in front (text), or as a JSON document
 * (AWS_LAMBDA_LOG_FORMAT=JSON). Records leave through a descriptor of their own, framed, so that a record may hold newlines and stays one log
 * event. A frame is: 4 bytes type, 4 bytes length, 8 bytes time (microseconds), all big-endian, then the record in UTF-8.
 */
'use strict';
const { writeSync } = require('node:fs');
const { format } = require('node:util');
const { logTextOf } = require('./failure.cjs');

const FRAME_TYPE = 0xa55a0003;
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
/** CloudWatch Logs takes events of up to 256 KB: longer records are cut, so that one call cannot fill the host's memory. */
const LONGEST = 256 * 1024;

class FunctionLog {
  #descriptor;
  #json;
  #lowest;
  #requestId;
  #records = 0;

  constructor({ descriptor, json, level }) {
    this.#descriptor = descriptor;
    this.#json = json;
    this.#lowest = Math.max(0, LEVELS.indexOf((level ?? 'TRACE').toUpperCase()));
  }

  /** Records written so far. */
  get records() {
    return this.#records;
  }

  set requestId(id) {
    this.#requestId = id;
  }

  /** Puts the log behind the global console. */
  patch(console) {
    console.log = (message, ...more) => this.write('INFO', message, more);
    console.info = console.log;
    console.debug = (message, ...more) => this.write('DEBUG', message, more);
    console.warn = (message, ...more) => this.write('WARN', message, more);
    console.error = (message, ...more) => this.write('ERROR', message, more);
    console.fatal = (message, ...more) => this.write('FATAL', message, more);
    console.trace = (message, ...more) => {
      const at = {};
      Error.captureStackTrace(at, console.trace);
      const frames = String(at.stack).split('\n').slice(1).join('\n');
      this.write('TRACE', `Trace: ${format(message ?? '', ...more)}\n${frames}`, []);
    };
  }

  /** A failure, in the words of AWS's runtime: `Invoke Error`, `Uncaught Exception`, `Unhandled Promise Rejection`. */
  failure(title, error) {
    if (this.#json) this.write('ERROR', title, [error]);
    else this.write('ERROR', `${title} \t${logTextOf(error)}`, []);
  }

  write(level, message, more) {
    // JSON logging filters by level in the runtime; text logging has no filter.
    if (this.#json && LEVELS.indexOf(level) < this.#lowest) return;
    const now = new Date();
    const id = this.#requestId;
    this.#send(now, this.#json ? jsonRecord(now, id, level, message, more) : `${now.toISOString()}\t${id ?? 'undefined'}\t${level}\t${format(message, ...more)}`);
  }

  #send(now, record) {
    let text = Buffer.from(record, 'utf8');
    if (text.length > LONGEST) text = text.subarray(0, LONGEST);
    const frame = Buffer.allocUnsafe(16 + text.length);
    frame.writeUInt32BE(FRAME_TYPE, 0);
    frame.writeUInt32BE(text.length, 4);
    frame.writeBigUInt64BE(BigInt(now.getTime()) * 1000n, 8);
    text.copy(frame, 16);
    this.#records++;
    for (let at = 0; at < frame.length; ) {
      try {
        at += writeSync(this.#descriptor, frame, at);
      } catch (error) {
        if (error.code !== 'EAGAIN') return; // the host is gone: this process ends too
      }
    }
  }
}

function jsonRecord(now, requestId, level, message, more) {
  const record = { timestamp: now.toISOString(), level, requestId };
  const error = more.find((value) => value instanceof Error);
  if (error) {
    record.errorType = error.name;
    record.errorMessage = error.message;
    record.stackTrace = String(error.stack ?? '').split('\n');
  }
  record.message = more.length === 0 ? message : format(message, ...more);
  try {
    return JSON.stringify(record, (_key, value) => (value instanceof Error ? { errorType: value.name, errorMessage: value.message, stackTrace: String(value.stack ?? '').split('\n') } : value));
  } catch {
    return JSON.stringify({ ...record, message: format(message, ...more) });
  }
}

module.exports = { FunctionLog };
