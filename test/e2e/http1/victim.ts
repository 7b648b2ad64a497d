/** A target that is killed: answers each request with its path, after writing the line `METHOD path` to the file that it was given. */
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const log = openSync(process.argv[2]!, 'a');
const server = createServer((request, response) => {
  // O_APPEND and synchronous: what was seen is on record even when the process dies now
  writeSync(log, `${request.method} ${request.url}\n`);
  request.resume();
  request.on('end', () => setTimeout(() => response.end(request.url), 1));
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
