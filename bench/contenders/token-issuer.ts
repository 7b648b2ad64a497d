import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';

/** Issues tokens, and serves the key that they are checked with as an OpenID provider does. It does not keep the process alive. */
export class TokenIssuer {
  readonly url: string;
  readonly #key: KeyObject;

  private constructor(url: string, key: KeyObject) {
    this.url = url;
    this.#key = key;
  }

  static async open(): Promise<TokenIssuer> {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    let url = '';
    const server = createServer((request, response) => {
      const body = request.url === '/.well-known/openid-configuration' ? { issuer: url, jwks_uri: `${url}/keys` } : { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }] };
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    server.unref();
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new TokenIssuer(url, privateKey);
  }

  token(audience: string): Promise<string> {
    return new SignJWT({ sub: 'bench', scope: 'read write' }).setProtectedHeader({ alg: 'RS256', kid: 'bench' }).setIssuer(this.url).setAudience(audience).setExpirationTime('6h').sign(this.#key);
  }
}
