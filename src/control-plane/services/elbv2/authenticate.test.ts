import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CreateListenerOutput, CreateRuleOutput, ModifyRuleOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { elbStage, NOT_FOUND } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';
import { selfSigned } from '../../../../test/support/self-signed.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html, .../listener-verify-jwt.html */
async function httpsListener() {
  const stage = await elbStage();
  const { certificate, privateKey } = await selfSigned('shop.test');
  const { CertificateArn: arn } = await stage.acm<{ CertificateArn: string }>('ImportCertificate', { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) });
  const balancer = await stage.balancer();
  const created = await stage.elb<CreateListenerOutput>('CreateListener', {
    LoadBalancerArn: balancer, Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: arn }], DefaultActions: [NOT_FOUND],
  });
  const listener = created.Listeners![0]!.ListenerArn!;
  let priority = 0;
  const rule = (actions: readonly object[]): Promise<CreateRuleOutput> =>
    stage.elb('CreateRule', { ListenerArn: listener, Priority: ++priority, Conditions: [{ Field: 'path-pattern', Values: ['/x'] }], Actions: actions });
  return { stage, balancer, listener, rule };
}

const OIDC = {
  Issuer: 'https://idp.test', AuthorizationEndpoint: 'https://idp.test/auth', TokenEndpoint: 'https://idp.test/token', UserInfoEndpoint: 'https://idp.test/me', ClientId: 'app', ClientSecret: 'secret',
};
const last = { Type: 'fixed-response', Order: 2, FixedResponseConfig: { StatusCode: '200' } };
const oidc = (config: object = {}) => ({ Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { ...OIDC, ...config } });
const cognito = (config: object = {}) => ({
  Type: 'authenticate-cognito', Order: 1,
  AuthenticateCognitoConfig: { UserPoolArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Abc', UserPoolClientId: 'client', UserPoolDomain: 'shop', ...config },
});
const jwt = (config: object = {}) => ({ Type: 'jwt-validation', Order: 1, JwtValidationConfig: { JwksEndpoint: 'https://idp.test/keys', Issuer: 'https://idp.test', ...config } });
const first = async (created: Promise<CreateRuleOutput | ModifyRuleOutput>) => (await created).Rules![0]!.Actions!.find(({ Order }) => Order === 1);

describe('authenticating actions', () => {
  it('are answered with every default, and never with their secret', async () => {
    const { rule } = await httpsListener();
    const defaults = { SessionCookieName: 'AWSELBAuthSessionCookie', Scope: 'openid', SessionTimeout: 604800, OnUnauthenticatedRequest: 'authenticate' };
    const { ClientSecret: _, ...shown } = OIDC;
    assert.deepEqual(await first(rule([oidc(), last])), { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { ...shown, ...defaults } });
    assert.deepEqual(await first(rule([cognito({ AuthenticationRequestExtraParams: { prompt: 'login' } }), last])), {
      Type: 'authenticate-cognito', Order: 1, AuthenticateCognitoConfig: { ...cognito().AuthenticateCognitoConfig, ...defaults, AuthenticationRequestExtraParams: { prompt: 'login' } },
    });
    const claim = { Format: 'string-array', Name: 'aud', Values: ['a', 'b'] };
    assert.deepEqual(await first(rule([jwt({ AdditionalClaims: [claim] }), last])), jwt({ AdditionalClaims: [claim] }));
    assert.deepEqual(await first(rule([jwt(), last])), jwt());
  });

  it('need an HTTPS listener, whatever way it becomes another', async () => {
    const { stage, balancer, listener, rule } = await httpsListener();
    await rule([jwt(), last]);
    for (const action of [oidc(), cognito(), jwt()]) {
      const create = stage.elb('CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTP', Port: 80, DefaultActions: [action, last] });
      await assert.rejects(create, awsError('InvalidLoadBalancerAction', 'supported only on HTTPS listeners'));
    }
    await assert.rejects(stage.elb('ModifyListener', { ListenerArn: listener, Protocol: 'HTTP', Port: 80 }), awsError('InvalidLoadBalancerAction', 'supported only on HTTPS listeners'));
  });

  // "If the protocol version of a target group is gRPC or HTTP/2, the only supported actions are forward actions."
  it('do not stand before groups of HTTP2 and GRPC', async () => {
    const { stage, rule } = await httpsListener();
    for (const ProtocolVersion of ['HTTP2', 'GRPC']) {
      const forward = { Type: 'forward', Order: 2, TargetGroupArn: await stage.group(ProtocolVersion, { ProtocolVersion }) };
      for (const login of [oidc(), cognito()]) {
        await assert.rejects(rule([login, forward]), awsError('InvalidLoadBalancerAction', `is not supported with a target group with the protocol-version '${ProtocolVersion}'`));
      }
      await rule([jwt(), forward]);
    }
    await rule([oidc(), { Type: 'forward', Order: 2, TargetGroupArn: await stage.group('plain') }]);
  });

  it('stand before the one action that answers, each with an order, and one of a kind', async () => {
    const { rule } = await httpsListener();
    await assert.rejects(rule([oidc()]), awsError('InvalidLoadBalancerAction', 'it must be performed last'));
    await assert.rejects(rule([{ ...oidc(), Order: 3 }, last]), awsError('InvalidLoadBalancerAction', "An action of type 'fixed-response' must have a higher order than all other actions"));
    await assert.rejects(rule([oidc(), { ...last, Order: undefined }]), awsError('ValidationError', 'When you specify multiple actions, you must specify an order for each action'));
    await assert.rejects(rule([oidc(), last, { ...last, Order: 3 }]), awsError('InvalidLoadBalancerAction', "Action types 'fixed-response,fixed-response' cannot be specified together"));
    await assert.rejects(rule([oidc(), { ...cognito(), Order: 2 }, { ...last, Order: 3 }]), awsError('InvalidLoadBalancerAction', 'at most one'));
    await rule([jwt(), { ...oidc(), Order: 2 }, { ...last, Order: 3 }]);
    await assert.rejects(rule([{ ...oidc(), JwtValidationConfig: jwt().JwtValidationConfig }, last]), awsError('ValidationError', "'JwtValidationConfig' cannot be specified"));
  });

  it('keep their secret where they are told to', async () => {
    const { stage, rule } = await httpsListener();
    const arn = (await rule([oidc(), last])).Rules![0]!.RuleArn!;
    const modify = (config: object): Promise<ModifyRuleOutput> => stage.elb('ModifyRule', { RuleArn: arn, Actions: [oidc(config), last] });
    await modify({ ClientSecret: undefined, UseExistingClientSecret: true, Scope: 'openid email' });
    const secret = (stage.environment.store.world.get('elbv2/rule', arn)!.actions[0] as { AuthenticateOidcConfig: { ClientSecret: string } }).AuthenticateOidcConfig.ClientSecret;
    assert.equal(secret, 'secret');
    await assert.rejects(modify({ UseExistingClientSecret: true }), awsError('InvalidLoadBalancerAction', 'You cannot both specify a client secret and set UseExistingClientSecret to true'));
    await assert.rejects(modify({ ClientSecret: undefined }), awsError('ValidationError', 'A client secret must be specified'));
    await assert.rejects(modify({ ClientSecret: undefined, UseExistingClientSecret: true, TokenEndpoint: 'https://evil.test/token' }), awsError('InvalidLoadBalancerAction', 'You must specify a client secret'));
    await assert.rejects(rule([oidc({ ClientSecret: undefined, UseExistingClientSecret: true }), last]), awsError('InvalidLoadBalancerAction', 'no existing client secret'));
  });

  it('are checked in every part', async () => {
    const { rule } = await httpsListener();
    for (const [action, code, part] of [
      [oidc({ Issuer: 'http://idp.test' }), 'ValidationError', "The 'http://idp.test' URL is not valid"],
      [oidc({ TokenEndpoint: 'https://user:pass@idp.test/' }), 'ValidationError', "The 'https://user:pass@idp.test/' URL is not valid"],
      [oidc({ UserInfoEndpoint: '/me' }), 'ValidationError', "The '/me' URL is not valid"],
      [oidc({ ClientId: '' }), 'ValidationError', 'client ID'],
      [oidc({ SessionTimeout: 604_801 }), 'ValidationError', "'Session timeout' value '604801' must be between 1 and 604800 inclusive"],
      [oidc({ SessionCookieName: 'a b' }), 'ValidationError', 'cookie name'],
      [oidc({ OnUnauthenticatedRequest: 'skip' }), 'ValidationError', 'deny,allow,authenticate'],
      [oidc({ AuthenticationRequestExtraParams: { redirect_uri: 'https://evil.test' } }), 'InvalidLoadBalancerAction', 'redirect_uri'],
      [oidc({ AuthenticationRequestExtraParams: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`p${i}`, 'x'])) }), 'ValidationError', 'You can specify up to 10 extra authentication request parameters'],
      [cognito({ UserPoolArn: 'arn:aws:s3:::bucket' }), 'ValidationError', 'user pool ARN'],
      [cognito({ UserPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_abc' }), 'ValidationError', 'user pool ARN'],
      [cognito({ UserPoolDomain: 'Not A Domain' }), 'ValidationError', 'domain'],
      [jwt({ JwksEndpoint: 'http://idp.test/keys' }), 'ValidationError', 'HTTPS protocol'],
      [jwt({ JwksEndpoint: `https://idp.test/${'x'.repeat(256)}` }), 'ValidationError', "'256'"],
      [jwt({ Issuer: 'x'.repeat(257) }), 'ValidationError', "'256'"],
      [jwt({ AdditionalClaims: [{ Format: 'single-string', Name: 'exp', Values: ['1'] }] }), 'ValidationError', 'by default'],
      [jwt({ AdditionalClaims: [{ Format: 'text', Name: 'a', Values: ['1'] }] }), 'ValidationError', 'single-string,string-array'],
      [jwt({ AdditionalClaims: [{ Format: 'space-separated-values', Name: 'a', Values: ['a b'] }] }), 'ValidationError', 'spaces'],
      [jwt({ AdditionalClaims: [{ Format: 'string-array', Name: 'a', Values: [] }] }), 'ValidationError', 'At least one value'],
      [jwt({ AdditionalClaims: Array.from({ length: 11 }, (_, i) => ({ Format: 'single-string', Name: `n${i}`, Values: ['v'] })) }), 'ValidationError', "'10'"],
    ] as const) {
      await assert.rejects(rule([action, last]), awsError(code, part));
    }
  });
});
