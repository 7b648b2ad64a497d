import { request, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Job } from './contender.ts';
import { type Control, element } from './control.ts';
import { TokenIssuer } from './token-issuer.ts';
import type { Configured } from './turnpike.ts';

/** What a request uses beside what every balancer does. */
export type Feature = 'none' | 'sticky' | 'weighted' | 'regex' | 'jwt' | 'login' | 'HTTP/2 targets' | 'HTTP/2 targets (nghttpd)';

/** Priorities of its rules come after those of the others. */
const FIRST_PRIORITY = 20_000;
const REGEX_RULES = 10;

/** Adds a feature to a balancer that serves; answers the fields that requests need then. */
export async function use(feature: Feature, { control, made, job }: { readonly control: Control; readonly made: Configured; readonly job: Job }): Promise<Readonly<Record<string, string>>> {
  const { listener, pool, host } = made;
  const forward = { Type: 'forward', TargetGroupArn: pool };
  switch (feature) {
    case 'none':
      return {};
    case 'sticky':
      await control.query('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: pool, 'Attributes.member.1.Key': 'stickiness.enabled', 'Attributes.member.1.Value': 'true' });
      return { Cookie: await cookiesOf(job.port, host) };
    case 'weighted': {
      const second = element(await control.query('elbv2', 'CreateTargetGroup', { Name: 'second', Protocol: 'HTTP', Port: job.backendPort, VpcId: made.vpc, TargetType: 'ip', HealthCheckPath: '/1k' }), 'TargetGroupArn');
      await control.query('elbv2', 'RegisterTargets', { TargetGroupArn: second, 'Targets.member.1.Id': '127.0.0.1', 'Targets.member.1.Port': job.backendPort });
      const groups = 'ForwardConfig.TargetGroups.member';
      await control.query('elbv2', 'ModifyListener', {
        ListenerArn: listener,
        ...prefixed('DefaultActions.member.1.', { Type: 'forward', [`${groups}.1.TargetGroupArn`]: pool, [`${groups}.1.Weight`]: '3', [`${groups}.2.TargetGroupArn`]: second, [`${groups}.2.Weight`]: '1' }),
      });
      return {};
    }
    case 'HTTP/2 targets':
    case 'HTTP/2 targets (nghttpd)': {
      const port = feature === 'HTTP/2 targets' ? job.grpcPort : job.indexingPort;
      const group = { Name: 'http2', Protocol: 'HTTP', ProtocolVersion: 'HTTP2', Port: port, VpcId: made.vpc, TargetType: 'ip', HealthCheckPath: '/1k' };
      const http2 = element(await control.query('elbv2', 'CreateTargetGroup', group), 'TargetGroupArn');
      await control.query('elbv2', 'RegisterTargets', { TargetGroupArn: http2, 'Targets.member.1.Id': '127.0.0.1', 'Targets.member.1.Port': port });
      await control.query('elbv2', 'ModifyListener', { ListenerArn: listener, ...prefixed('DefaultActions.member.1.', { Type: 'forward', TargetGroupArn: http2 }) });
      return {};
    }
    case 'regex':
      for (let n = 1; n <= REGEX_RULES; n++) {
        // the last of them takes the request
        await rule(control, { listener, priority: n, regex: n === REGEX_RULES ? '^/[0-9]+(k|m)$' : `^/r${n}/[a-z]+/(new|old)$`, actions: prefixed('Actions.member.1.', forward) });
      }
      return {};
    case 'jwt': {
      const issuer = await TokenIssuer.open(job.certificate);
      const validation = { Type: 'jwt-validation', Order: '1', 'JwtValidationConfig.JwksEndpoint': `${issuer.url}/keys`, 'JwtValidationConfig.Issuer': issuer.url };
      await rule(control, { listener, priority: 1, regex: '^/1k$', actions: { ...prefixed('Actions.member.1.', validation), ...prefixed('Actions.member.2.', { ...forward, Order: '2' }) } });
      return { Authorization: `Bearer ${await issuer.token('bench')}` };
    }
    case 'login': {
      const issuer = await TokenIssuer.open(job.certificate);
      const login = { Type: 'authenticate-oidc', Order: '1', ...prefixed('AuthenticateOidcConfig.', issuer.login) };
      await rule(control, { listener, priority: 1, regex: '^/1k$', actions: { ...prefixed('Actions.member.1.', login), ...prefixed('Actions.member.2.', { ...forward, Order: '2' }) } });
      return { Cookie: await loggedIn(job.port, host) };
    }
  }
}

interface RuleOf {
  readonly listener: string;
  readonly priority: number;
  readonly regex: string;
  readonly actions: Readonly<Record<string, string>>;
}

function rule(control: Control, { listener, priority, regex, actions }: RuleOf): Promise<string> {
  return control.query('elbv2', 'CreateRule', {
    ListenerArn: listener, Priority: FIRST_PRIORITY + priority, 'Conditions.member.1.Field': 'path-pattern', 'Conditions.member.1.PathPatternConfig.RegexValues.member.1': regex, ...actions,
  });
}

export function prefixed(prefix: string, form: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [prefix + name, value]));
}

/** Logs in as a browser does, but for the provider's pages: its code is the nonce. */
async function loggedIn(port: number, host: string): Promise<string> {
  const sent = await answerOf({ port, host, path: '/1k', cookies: '' });
  const asked = new URL(sent.location).searchParams;
  const path = `/oauth2/idpresponse?${String(new URLSearchParams({ code: asked.get('nonce')!, state: asked.get('state')! }))}`;
  const back = await answerOf({ port, host, path, cookies: sent.cookies });
  // wrk takes a redirect for a success
  const { status } = await answerOf({ port, host, path: '/1k', cookies: back.cookies });
  if (status !== 200) throw new Error(`who has logged in is answered with ${status}`);
  return back.cookies;
}

interface Redirect {
  readonly status: number;
  readonly location: string;
  readonly cookies: string;
}

function answerOf({ port, host, path, cookies }: { readonly port: number; readonly host: string; readonly path: string; readonly cookies: string }): Promise<Redirect> {
  return new Promise((resolve, reject) => {
    requestTls({ host: '127.0.0.1', port, path, headers: { host: `${host}:${port}`, ...(cookies === '' ? {} : { cookie: cookies }) }, rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode!, location: answer.headers.location ?? '', cookies: cookiesSet(answer) });
    }).on('error', reject).end();
  });
}

/** Those that an answer sets with a value. */
function cookiesSet(answer: IncomingMessage): string {
  return (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]!).filter((cookie) => !cookie.endsWith('=')).join('; ');
}

/** The cookies that a first answer sets: requests are then of a client that comes back. */
function cookiesOf(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/1k', headers: { host } }, (answer) => {
      answer.resume();
      resolve(cookiesSet(answer));
    }).on('error', reject).end();
  });
}
