/**
 * What one would write by hand to run a handler in a process of its own: an HTTP server that hands each request to a child process over `child_process` IPC, one at a time, and starts
 * another child where all are busy. `ipc-server.mjs PORT`; with IPC_CHILD set it is such a child.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

if (process.env.IPC_CHILD !== undefined) {
  const answer = () => process.send(JSON.stringify({ statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' }));
  process.on('message', (text) => {
    const { path } = JSON.parse(text);
    if (path.endsWith('/wait')) setTimeout(answer, 1000);
    else answer();
  });
} else {
  const idle = [];
  const start = () => fork(fileURLToPath(import.meta.url), { env: { ...process.env, IPC_CHILD: '1' }, serialization: 'json' });
  createServer((request, response) => {
    const child = idle.pop() ?? start();
    child.once('message', (text) => {
      idle.push(child);
      const { statusCode, headers, body } = JSON.parse(text);
      response.writeHead(statusCode, headers).end(body);
    });
    child.send(JSON.stringify({ httpMethod: request.method, path: request.url, headers: request.headers, queryStringParameters: {}, body: '', isBase64Encoded: false }));
  }).listen(Number(process.argv[2]), '127.0.0.1');
}
