import { signHeaders } from '../../../src/aws/index.ts';

/** The fields that sign an opening handshake. */
export function signedHandshakeHeaders({ host, path, accessKeyId, secret }: { readonly host: string; readonly path: string; readonly accessKeyId: string; readonly secret: string }): Readonly<Record<string, string>> {
  const { headers } = signHeaders({ method: 'GET', url: path, headers: [['Host', host]], body: Buffer.alloc(0) }, { accessKeyId, secret, region: 'us-east-1', service: 'execute-api', now: Date.now() });
  return Object.fromEntries(headers);
}
