import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FrontDoor, openModels, type Call, type CallRecord, type Credentials, type Service } from '../../src/aws/index.ts';
import { Secret, systemClock, systemRandom } from '../../src/kernel/index.ts';

export const ACCESS_KEY = 'AKIATURNPIKEEXAMPLE1';
export const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
export const ACCOUNT = '123456789012';

const credentials: Credentials = {
  find: (id) => (id === ACCESS_KEY ? { secret: new Secret(SECRET_KEY), account: ACCOUNT, principal: `arn:aws:iam::${ACCOUNT}:user/tester` } : null),
};

/** Operations by service; `refusals` are empty. */
export type Table = Readonly<Record<string, Service['operations']>>;

export interface RunningServer {
  readonly endpoint: string;
  /** Every call that reached an operation. */
  readonly calls: readonly { readonly input: Record<string, unknown>; readonly call: Call }[];
  readonly records: readonly CallRecord[];
  close(): Promise<void>;
}

/** A front door behind node:http on a port of its own; signatures are demanded. */
export async function serve(table: Table): Promise<RunningServer> {
  const calls: { input: Record<string, unknown>; call: Call }[] = [];
  const records: CallRecord[] = [];
  const services = Object.entries(table).map(([name, operations]): Service => ({
    name,
    refusals: {},
    operations: Object.fromEntries(Object.entries(operations).map(([operation, run]) => [operation, (input: Record<string, unknown>, call: Call): unknown => {
      calls.push({ input, call });
      return run(input, call);
    }])),
  }));
  const door = new FrontDoor({ services, models: openModels(), clock: systemClock, random: systemRandom, credentials, verify: 'always', onCall: (record) => records.push(record) });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await door.handle({
      method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders, body: Buffer.concat(chunks), remoteAddress: request.socket.remoteAddress ?? '',
    });
    response.writeHead(answer.status, { ...answer.headers, ...(Buffer.isBuffer(answer.body) ? { 'Content-Length': answer.body.length } : {}) });
    if (Buffer.isBuffer(answer.body)) response.end(answer.body);
    else {
      for await (const chunk of answer.body) response.write(chunk);
      response.end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, records, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
