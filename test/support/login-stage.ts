import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Installation, type Target } from '../conformance/elbv2/installation.ts';
import { freePort } from './free-port.ts';
import { IdentityProvider, type IdentityProviderOptions } from './identity-provider.ts';
import { selfSigned } from './self-signed.ts';

/** A provider, a balancer that logs users in there, and a target that says who came. */
export interface LoginStage extends AsyncDisposable {
  readonly installation: Installation;
  readonly provider: IdentityProvider;
  readonly target: Target;
  /** `https://localhost:PORT` */
  readonly origin: string;
  readonly listener: string;
  /** The action that logs in. */
  oidc(more?: object): object;
}

export async function loginStage(options: { readonly provider?: Partial<IdentityProviderOptions>; readonly action?: object; readonly workers?: number } = {}): Promise<LoginStage> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-login-'));
  const port = await freePort();
  const origin = `https://localhost:${port}`;
  const provider = await IdentityProvider.open({ clientId: 'app', clientSecret: 'secret', redirectUris: [`${origin}/oauth2/idpresponse`], ...options.provider });
  writeFileSync(join(folder, 'trust.pem'), provider.authority);
  const installation = await Installation.open({ trust: join(folder, 'trust.pem'), workers: String(options.workers ?? 1) });
  const balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' });
  const { certificate, privateKey } = await selfSigned('localhost');
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'ImportCertificate', { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) });
  const target = await installation.target((request, response) => {
    const { 'x-amzn-oidc-identity': identity = 'nobody', 'x-amzn-oidc-data': data = '', 'x-amzn-oidc-accesstoken': access = '' } = request.headers;
    response.setHeader('content-type', 'text/html').end(`<p id="who">${String(identity)}</p><p id="data">${String(data)}</p><p id="access">${String(access)}</p><p id="at">${request.url}</p>`);
  });
  const oidc = (more: object = {}): object => ({
    Type: 'authenticate-oidc', Order: 1,
    AuthenticateOidcConfig: {
      Issuer: provider.issuer, AuthorizationEndpoint: `${provider.issuer}/auth`, TokenEndpoint: `${provider.issuer}/token`, UserInfoEndpoint: `${provider.issuer}/me`, ClientId: 'app', ClientSecret: 'secret',
      Scope: 'openid email', ...options.action, ...more,
    },
  });
  const made = await installation.aws<{ Listeners: [{ ListenerArn: string }] }>('elbv2', 'CreateListener', {
    LoadBalancerArn: balancer.arn, Protocol: 'HTTPS', Port: port, Certificates: [{ CertificateArn }],
    DefaultActions: [oidc(), { Type: 'forward', Order: 2, TargetGroupArn: await installation.group([target.port]) }],
  });
  return {
    installation, provider, target, origin, oidc, listener: made.Listeners[0].ListenerArn,
    async [Symbol.asyncDispose]() {
      await installation[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}
