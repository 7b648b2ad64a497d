/** Runtimes that speak the Runtime API over HTTP, as AWS's tutorial for custom runtimes builds them: with a shell and curl, and with nothing but Python's own library. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { FunctionBench } from '../../test/support/function-bench.ts';
import { zip } from '../../test/support/zip.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-walkthrough.html
const SHELL = `#!/bin/sh
set -eu
. "$LAMBDA_TASK_ROOT/$(echo "$_HANDLER" | cut -d. -f1).sh"
handler=$(echo "$_HANDLER" | cut -d. -f2)
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  headers="$(mktemp)"
  event=$(curl -sS -LD "$headers" "$api/invocation/next")
  id=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$headers" | tr -d '[:space:]' | cut -d: -f2)
  if response=$($handler "$event"); then curl -sS "$api/invocation/$id/response" -d "$response" > /dev/null
  else curl -sS "$api/invocation/$id/error" -d '{"errorMessage":"it failed","errorType":"Shell.Failure"}' -H 'Lambda-Runtime-Function-Error-Type: Shell.Failure' > /dev/null
  fi
done
`;
const SHELL_FUNCTION = 'handler() { case "$1" in *fail*) return 1;; esac; echo "event: $1" >&2; echo "{\\"echo\\":$1}"; }\n';

// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
const PYTHON = `#!/usr/bin/python3
import importlib, json, os, sys, traceback, urllib.request

api = "http://%s/2018-06-01/runtime" % os.environ["AWS_LAMBDA_RUNTIME_API"]

def post(path, document, headers={}):
    urllib.request.urlopen(urllib.request.Request(api + path, data=json.dumps(document).encode(), headers=headers)).read()

sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
module, name = os.environ["_HANDLER"].rsplit(".", 1)
try:
    handler = getattr(importlib.import_module(module), name)
except Exception as error:
    post("/init/error", {"errorMessage": str(error), "errorType": "Python.Init"}, {"Lambda-Runtime-Function-Error-Type": "Python.Init"})
    sys.exit(1)
while True:
    with urllib.request.urlopen(api + "/invocation/next") as answer:
        event, id, deadline = json.load(answer), answer.headers["Lambda-Runtime-Aws-Request-Id"], int(answer.headers["Lambda-Runtime-Deadline-Ms"])
        os.environ["_X_AMZN_TRACE_ID"] = answer.headers.get("Lambda-Runtime-Trace-Id", "")
    try:
        post("/invocation/%s/response" % id, handler(event, {"id": id, "deadline": deadline}))
    except Exception as error:
        post("/invocation/%s/error" % id, {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": traceback.format_exc().split("\\n")}, {"Lambda-Runtime-Function-Error-Type": type(error).__name__})
`;
const PYTHON_FUNCTION = 'def handler(event, context):\n    print("event", event, flush=True)\n    return {"upper": event["name"].upper(), "id": context["id"]}\n';

function without(program: string): string | false {
  return spawnSync(program, ['--version']).status === 0 ? false : `needs ${program}`;
}

function functionOf(bootstrap: string, file: string, source: string): Buffer {
  return zip([{ name: 'bootstrap', data: bootstrap, mode: 0o100755 }, { name: file, data: source }]);
}

test('a bootstrap of a shell and curl', { skip: without('curl') }, async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', functionOf(SHELL, 'function.sh', SHELL_FUNCTION), { runtime: 'provided.al2023', handler: 'function.handler' });
  for (const name of ['ann', 'bob']) assert.deepEqual(await bench.answer(id, { name }), { echo: { name } });
  assert.match(bench.logText(), /event: \{"name":"ann"\}\n/);
  const failure = await bench.failure(id, { name: 'fail' });
  assert.deepEqual([failure.cause, failure.errorType, failure.errorMessage], ['handler', 'Shell.Failure', 'it failed']);
  assert.deepEqual(await bench.answer(id, { name: 'again' }), { echo: { name: 'again' } });
});

test('a bootstrap of Python\'s own library', { skip: without('/usr/bin/python3') }, async () => {
  await using bench = new FunctionBench();
  const id = bench.put('f', functionOf(PYTHON, 'mine.py', PYTHON_FUNCTION), { runtime: 'provided.al2023', handler: 'mine.handler' });
  const requestId = '11111111-2222-4333-8444-555555555555';
  assert.deepEqual(await bench.answer(id, { name: 'ann' }, { requestId }), { upper: 'ANN', id: requestId });
  assert.match(bench.logText(), /event \{'name': 'ann'\}\n/);
  const failure = await bench.failure(id, {});
  assert.deepEqual([failure.errorType, failure.errorMessage], ['KeyError', "'name'"]);
  const broken = bench.put('broken', functionOf(PYTHON, 'mine.py', 'raise ValueError("no")'), { runtime: 'provided.al2023', handler: 'mine.handler' });
  const init = await bench.failure(broken);
  assert.deepEqual([init.cause, init.errorType, init.errorMessage], ['init', 'Python.Init', 'no']);
});
