import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { selfSigned } from './self-signed.ts';

const POOL = 'us-east-1_Ex4mple';

/**
 * Stands in for a Cognito user pool with its domain: the endpoints, parameters, tokens and errors of https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html.
 * Whoever asks to log in is Jane, without a page. Refreshed tokens come without a refresh token: the first goes on.
 */
export class CognitoPool implements AsyncDisposable {
  static readonly arn = `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${POOL}`;
  static readonly clientId = '1example23456789';
  static readonly secret = 'pool-secret';
  /** `METHOD PATH` of what was asked for. */
  readonly asked: string[] = [];
  /** Query of the last /oauth2/authorize. */
  authorized = new URLSearchParams();
  /** Nobody's refresh token is good any more: the user has been signed out everywhere. */
  signedOut = false;
  readonly authority: string;
  readonly #server: Server;
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #codes = new Map<string, string>();
  readonly #accessSeconds: number;

  private constructor(server: Server, authority: string, accessSeconds: number) {
    this.#server = server;
    this.authority = authority;
    this.#accessSeconds = accessSeconds;
  }

  static async open({ accessSeconds }: { readonly accessSeconds: number }): Promise<CognitoPool> {
    const { certificate, privateKey } = await selfSigned('localhost', '127.0.0.1');
    const server = createServer({ cert: certificate, key: privateKey });
    const pool = new CognitoPool(server, certificate, accessSeconds);
    server.on('request', (request: IncomingMessage, response) => {
      void pool.#answer(request).then(({ status, headers = {}, body }) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? null)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return pool;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get issuer(): string {
    return `${this.url}/${POOL}`;
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object }> {
    const { pathname, searchParams } = new URL(request.url!, this.url);
    this.asked.push(`${request.method} ${pathname}`);
    switch (`${request.method} ${pathname}`) {
      case `GET /${POOL}/.well-known/openid-configuration`:
        // as Cognito has it: no word of PKCE
        return { status: 200, body: { issuer: this.issuer, jwks_uri: `${this.issuer}/.well-known/jwks.json`, id_token_signing_alg_values_supported: ['RS256'], response_types_supported: ['code', 'token'] } };
      case `GET /${POOL}/.well-known/jwks.json`:
        return { status: 200, body: { keys: [{ ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'pool', alg: 'RS256', use: 'sig' }] } };
      case 'GET /oauth2/authorize':
        return this.#authorize(searchParams);
      case 'POST /oauth2/token':
        return this.#token(request.headers.authorization ?? '', new URLSearchParams(await text(request)));
      case 'GET /oauth2/userInfo':
        return request.headers.authorization?.startsWith('Bearer ey') === true
          ? { status: 200, body: { sub: 'f0e1-jane', username: 'jane', email: 'jane@pool.test', email_verified: 'true' } }
          : { status: 401, body: { error: 'invalid_token', error_description: 'Access token is missing.' } };
      default:
        return { status: 404, body: {} };
    }
  }

  #authorize(query: URLSearchParams): { readonly status: number; readonly headers: Readonly<Record<string, string>> } {
    this.authorized = query;
    const back = new URL(query.get('redirect_uri')!);
    const code = randomBytes(16).toString('hex');
    this.#codes.set(code, query.get('nonce') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state')!);
    return { status: 302, headers: { location: back.href } };
  }

  async #token(authorization: string, form: URLSearchParams): Promise<{ readonly status: number; readonly body: object }> {
    const basic = Buffer.from(`${CognitoPool.clientId}:${CognitoPool.secret}`).toString('base64');
    if (authorization !== `Basic ${basic}`) return { status: 400, body: { error: 'invalid_client' } };
    const code = form.get('code') ?? '';
    const refreshing = form.get('grant_type') === 'refresh_token';
    const nonce = this.#codes.get(code);
    this.#codes.delete(code);
    if (refreshing ? this.signedOut || form.get('refresh_token') !== 'refresh' : nonce === undefined) return { status: 400, body: { error: 'invalid_grant' } };
    const signed = (claims: Record<string, unknown>): Promise<string> =>
      new SignJWT({ sub: 'f0e1-jane', ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'pool' }).setIssuer(this.issuer).setIssuedAt().setExpirationTime(`${this.#accessSeconds}s`).setJti(randomBytes(8).toString('hex')).sign(this.#keys.privateKey);
    return {
      status: 200,
      body: {
        id_token: await signed({ aud: CognitoPool.clientId, token_use: 'id', 'cognito:username': 'jane', ...(refreshing || nonce === '' ? {} : { nonce }) }),
        access_token: await signed({ client_id: CognitoPool.clientId, token_use: 'access', scope: 'openid', username: 'jane' }),
        ...(refreshing ? {} : { refresh_token: 'refresh' }), expires_in: this.#accessSeconds, token_type: 'Bearer',
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }
}
