import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import type { Certificate } from './contender.ts';

const CLIENT = 'bench';

/**
 * Issues tokens, and serves the key that they are checked with as an OpenID provider does; who comes with a code, which is the nonce of the login, gets tokens too. It does not keep the process
 * alive.
 */
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
    let issuer: TokenIssuer | null = null;
    const bodyOf = async (request: IncomingMessage): Promise<object> => {
      switch (request.url) {
        case '/.well-known/openid-configuration':
          return { issuer: url, jwks_uri: `${url}/keys` };
        case '/token': {
          const nonce = new URLSearchParams(await text(request)).get('code');
          return { access_token: 'access', token_type: 'Bearer', expires_in: 36_000, id_token: await issuer!.token(CLIENT, { nonce }) };
        }
        case '/me':
          return { sub: 'bench', email: 'bench@idp.test' };
        default:
          return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }] };
      }
    };
    const answer: RequestListener = (request, response) => {
      void bodyOf(request).then((body) => response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body)));
    };
    const server = certificate === undefined ? createServer(answer) : createTlsServer({ cert: await readFile(certificate.certificate), key: await readFile(certificate.key) }, answer);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    server.unref();
    const { port } = server.address() as AddressInfo;
    url = certificate === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
    return (issuer = new TokenIssuer(url, privateKey));
  }

  /** The configuration of an `authenticate-oidc` action that logs in here. */
  get login(): Readonly<Record<string, string>> {
    return { Issuer: this.url, AuthorizationEndpoint: `${this.url}/auth`, TokenEndpoint: `${this.url}/token`, UserInfoEndpoint: `${this.url}/me`, ClientId: CLIENT, ClientSecret: 'secret' };
  }

  token(audience: string, more: object = {}): Promise<string> {
    return new SignJWT({ sub: 'bench', scope: 'read write', ...more }).setProtectedHeader({ alg: 'RS256', kid: 'bench' }).setIssuer(this.url).setAudience(audience).setIssuedAt().setExpirationTime('6h').sign(this.#key);
  }
}
