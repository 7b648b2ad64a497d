import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';

export interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request on a session of node:http2. */
export function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer): Promise<Got> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: body === undefined });
    const parts: Buffer[] = [];
    let got: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    stream.on('response', (response) => void (got = response));
    stream.on('trailers', (block) => void (trailers = block));
    stream.on('data', (chunk: Buffer) => void parts.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => resolve({ headers: got, trailers, body: Buffer.concat(parts) }));
    if (body !== undefined) stream.end(body);
  });
}
