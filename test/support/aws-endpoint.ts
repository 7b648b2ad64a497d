import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FrontDoor, noCredentials, openModels, type Service } from '../../src/aws/index.ts';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';

export interface AwsEndpoint {
  readonly url: string;
  /** Internal failures since the start: a test ends with none. */
  readonly failures: readonly unknown[];
  close(): void;
}

/** Serves AWS services over a real socket, on port zero, for clients of other languages. */
export async function awsEndpoint(services: readonly Service[]): Promise<AwsEndpoint> {
  const failures: unknown[] = [];
  const door = new FrontDoor({
    services,
    models: openModels(),
    clock: systemClock,
    random: systemRandom,
    credentials: noCredentials,
    verify: 'never',
    onCall: (record) => {
      if (record.cause !== null && record.cause !== undefined) failures.push({ operation: record.operation, cause: record.cause });
      if (process.env['TRACE_CALLS']) console.error(record.service, record.operation, record.status, record.code ?? '', record.message ?? '');
    },
  });
  const server: Server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      void door
        .handle({ method: incoming.method!, url: incoming.url!, rawHeaders: incoming.rawHeaders, body: Buffer.concat(parts), remoteAddress: '127.0.0.1' })
        .then(async (answer) => {
          outgoing.writeHead(answer.status, answer.headers);
          for await (const chunk of Buffer.isBuffer(answer.body) ? [answer.body] : answer.body) outgoing.write(chunk);
          outgoing.end();
        });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
