/** How AWS's Node runtime writes errors: the document handed to the Runtime API, and the text in the log. */
'use strict';

/** An error that the runtime itself reports; its name is AWS's error type. */
class RuntimeFailure extends Error {
  constructor(type, message, cause) {
    super(message);
    this.name = type;
    if (cause?.stack) this.stack = `${type}: ${message}\n${stackFrames(cause)}`;
  }
}

/** The document of a failed invocation: `errorType`, `errorMessage`, `trace`. Whatever was thrown, this does not throw. */
function documentOf(error) {
  try {
    if (error instanceof Error || (typeof error === 'object' && error !== null && typeof error.stack === 'string' && 'message' in error)) {
      return { errorType: String(error.name), errorMessage: String(error.message), trace: String(error.stack ?? '').split('\n') };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return { errorType: 'handled', errorMessage: 'the function failed with a value whose name, message or stack cannot be read', trace: [] };
  }
}

/** The error as one line of JSON, with its own enumerable members, as the log shows it. */
function logTextOf(error) {
  try {
    return JSON.stringify(error, (_key, value) => {
      if (!(value instanceof Error)) return value;
      return { errorType: value.name, errorMessage: value.message, code: value.code, ...value, stack: String(value.stack ?? '').split('\n') };
    });
  } catch {
    return JSON.stringify(documentOf(error));
  }
}

function stackFrames(error) {
  const frames = String(error.stack).split('\n').filter((line) => line.startsWith('    at '));
  return frames.join('\n');
}

module.exports = { RuntimeFailure, documentOf, logTextOf };
