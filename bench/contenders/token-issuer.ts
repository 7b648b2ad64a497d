import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Certificate } from './contender.ts';

/** Issues tokens, and serves the key that they are checked with as an OpenID provider does. It does not keep the process alive. */
export class TokenIssuer {
  readonly url: string;
  readonly #key: KeyObject;

  private constructor(url: string, key: KeyObject) {
    this.url = url;
    this.#key = key;
  }

  /** `certificate`: over TLS, as `localhost`. */
  static async open(certificate?: Certificate): Promise<TokenIssuer> {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    let url = '';
    const answer: RequestListener = (request, response) => {
      const body = request.url === '/.well-known/openid-configuration' ? { issuer: url, jwks_uri: `${url}/keys` } : { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }] };
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
    };
    const server = certificate === undefined ? createServer(answer) : createTlsServer({ cert: await readFile(certificate.certificate), key: await readFile(certificate.key) }, answer);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    server.unref();
    const { port } = server.address() as AddressInfo;
    url = certificate === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
    return new TokenIssuer(url, privateKey);
  }

  token(audience: string): Promise<string> {
    return new SignJWT({ sub: 'bench', scope: 'read write' }).setProtectedHeader({ alg: 'RS256', kid: 'bench' }).setIssuer(this.url).setAudience(audience).setExpirationTime('6h').sign(this.#key);
  }
}
