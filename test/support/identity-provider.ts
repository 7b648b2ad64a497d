import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { selfSigned } from './self-signed.ts';

export interface IdentityProviderOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  /** Seconds that an access token lives. */
  readonly accessTokenSeconds?: number;
  /** A refresh token is taken once: used again, it ends the login (RFC 9700 section 4.14.2). */
  readonly rotating?: boolean;
  /** Port; 0: any free one. */
  readonly port?: number;
}

/**
 * A real OpenID provider (the certified `oidc-provider`) over TLS, with its development pages for login and consent: any name and password will do.
 */
export class IdentityProvider implements AsyncDisposable {
  readonly issuer: string;
  /** PEM of what must be trusted. */
  readonly authority: string;
  /** Paths asked for, in order. */
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor(server: Server, issuer: string, authority: string) {
    this.#server = server;
    this.issuer = issuer;
    this.authority = authority;
  }

  static async open(options: IdentityProviderOptions): Promise<IdentityProvider> {
    const { certificate, privateKey } = await selfSigned('localhost', '127.0.0.1');
    let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
    const server = createServer({ cert: certificate, key: privateKey }, (request, response) => handle(request, response));
    await new Promise<void>((resolve) => void server.listen(options.port ?? 0, '127.0.0.1', resolve));
    const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const opened = new IdentityProvider(server, issuer, certificate);
    const provider = new Provider(issuer, {
      clients: [{
        client_id: options.clientId, client_secret: options.clientSecret, redirect_uris: [...options.redirectUris], response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
      }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'] },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@idp.test`, email_verified: true }) }),
      issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
      rotateRefreshToken: options.rotating ?? false,
      ttl: { AccessToken: options.accessTokenSeconds ?? 3600, IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 600, RefreshToken: 3600, AuthorizationCode: 60 },
      cookies: { keys: ['test'] },
      // the balancer asks for PKCE where it is offered; a client that does not is served too
      pkce: { required: () => false },
    });
    const callback = provider.callback();
    handle = (request, response) => {
      opened.asked.push(request.url!.split('?')[0]!);
      callback(request, response).catch(() => response.destroy());
    };
    return opened;
  }

  /** Ends connections and listens no more. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.stop();
  }
}
