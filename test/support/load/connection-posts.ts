import { connect } from 'node:net';
import { signHeaders } from '../../../src/aws/index.ts';

export interface Key {
  readonly accessKeyId: string;
  readonly secret: string;
}

/** A stage at its API's own address. */
export interface StageAddress {
  readonly host: string;
  readonly stage: string;
}

/** A signed PostToConnection as it goes over the wire. */
export function connectionPost({ host, stage }: StageAddress, connectionId: string, { key, message }: { readonly key: Key; readonly message: string }): string {
  const url = `/${stage}/@connections/${encodeURIComponent(connectionId)}`;
  const { accessKeyId, secret } = key;
  const { headers } = signHeaders({ method: 'POST', url, headers: [['Host', host]], body: Buffer.from(message) }, { accessKeyId, secret, region: 'us-east-1', service: 'execute-api', now: Date.now() });
  return `POST ${url} HTTP/1.1\r\nHost: ${host}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}Content-Length: ${message.length}\r\n\r\n${message}`;
}

/** Sends `count` of the requests, the first again after the last, over so many connections at a time. Throws where one is not answered with 200. */
export async function sendPosts(requests: readonly string[], { port, count, senders }: { readonly port: number; readonly count: number; readonly senders: number }): Promise<void> {
  let sent = 0;
  await Promise.all(Array.from({ length: senders }, () => new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const next = (): void => {
      if (sent < count) socket.write(requests[sent++ % requests.length]!);
      else socket.destroy();
    };
    socket.on('connect', next).on('error', reject).on('close', () => resolve());
    socket.on('data', (answer) => {
      if (answer.toString('latin1', 9, 12) !== '200') reject(new Error(answer.toString()));
      else next();
    });
  })));
}
