import type { Seal } from '../../../kernel/index.ts';
import type { Stickiness } from '../../../snapshot/index.ts';
import type { Exchange, ResponseEdit } from '../../exchange/index.ts';
import { NOTHING_TRIED, type LinkedPool, type PoolEndpoint } from '../../upstreams/index.ts';
import { acrossSites, cookieOf, endOf, SealedCookies, setCookie, wallOf } from './cookie.ts';

const DURATION = 'AWSALB';
const DURATION_ACROSS = 'AWSALBCORS';
const APPLICATION = 'AWSALBAPP-0';
const WEEK_MS = 604_800_000;
/** Groups that one application cookie remembers: more and the oldest are forgotten, so that it stays a cookie. */
const MOST_GROUPS = 20;

/** Where a client sticks to, in one pool. */
interface Bond {
  /** The target group's own 16 digits. */
  readonly group: string;
  readonly target: string;
  readonly port: number;
  /** Wall clock (ms) at which it ends. */
  readonly until: number;
}

/**
 * Keeps clients with the endpoint that they got first, by cookies that say so.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
 */
export class StickyEndpoints {
  readonly #duration: SealedCookies;
  readonly #application: SealedCookies;

  constructor(seal: Seal) {
    this.#duration = new SealedCookies(seal, DURATION);
    this.#application = new SealedCookies(seal, APPLICATION);
  }

  /** The endpoint that the client sticks to, or another; what must be said to the client is added to the answer. Null: there is none. */
  pick(exchange: Exchange, pool: LinkedPool, stickiness: Stickiness): PoolEndpoint | null {
    const group = groupOf(pool);
    const bonds = stickiness.kind === 'balancer-cookie' ? read(cookieOf(exchange, DURATION) ?? cookieOf(exchange, DURATION_ACROSS), this.#duration) : read(cookieOf(exchange, APPLICATION), this.#application);
    // both cookies must come back for an application's session
    const bond = stickiness.kind === 'application-cookie' && cookieOf(exchange, stickiness.name) === null ? undefined : bonds.find((each) => each.group === group && each.until > exchange.startedWall);
    const candidate = (bond === undefined ? null : pool.find(bond.target, bond.port)) ?? pool.pick(NOTHING_TRIED, exchange);
    if (candidate === null) return null;
    exchange.edit = stickiness.kind === 'balancer-cookie'
      ? new DurationCookie(candidate, { sealed: this.#duration, group, durationMs: stickiness.durationMs, before: exchange.edit })
      : new ApplicationCookie(candidate, {
          sealed: this.#application, group, durationMs: stickiness.durationMs, before: exchange.edit, name: stickiness.name, bound: bond !== undefined, others: bonds.filter((each) => each.group !== group),
        });
    return candidate;
  }
}

function read(value: string | null, sealed: SealedCookies): readonly Bond[] {
  const text = value === null ? null : sealed.open(value);
  if (text === null) return [];
  return text.split('\n').flatMap((line): Bond[] => {
    const [group, target, port, until] = line.split(' ');
    return group === undefined || target === undefined ? [] : [{ group, target, port: Number(port), until: Number(until) }];
  });
}

interface CookieContext {
  readonly sealed: SealedCookies;
  readonly group: string;
  readonly durationMs: number;
  readonly before: ResponseEdit | null;
}

/** Says in the answer which endpoint gave it. */
export abstract class EndpointCookie implements ResponseEdit {
  /** The endpoint that has the exchange now: another one after a retry. */
  candidate: PoolEndpoint;
  readonly #before: ResponseEdit | null;

  constructor(candidate: PoolEndpoint, before: ResponseEdit | null) {
    this.candidate = candidate;
    this.#before = before;
  }

  edit(exchange: Exchange, headers: string): string {
    const edited = this.#before === null ? headers : this.#before.edit(exchange, headers);
    // an error of our own binds nobody to anything
    return exchange.targetStatus === 0 ? edited : edited + this.cookies(exchange, headers);
  }

  /** Set-Cookie lines; `headers` are the target's. */
  protected abstract cookies(exchange: Exchange, headers: string): string;
}

class DurationCookie extends EndpointCookie {
  readonly #context: CookieContext;

  constructor(candidate: PoolEndpoint, context: CookieContext) {
    super(candidate, context.before);
    this.#context = context;
  }

  protected cookies(exchange: Exchange): string {
    const { sealed, group, durationMs } = this.#context;
    const expires = endOf(exchange, durationMs);
    return sealed.pair(written({ ...bondTo(this.candidate, group), until: expires }), { name: DURATION, nameAcross: DURATION_ACROSS, expires, across: acrossSites(exchange) });
  }
}

interface ApplicationContext extends CookieContext {
  readonly name: string;
  /** The client came with both cookies. */
  readonly bound: boolean;
  readonly others: readonly Bond[];
}

class ApplicationCookie extends EndpointCookie {
  readonly #context: ApplicationContext;

  constructor(candidate: PoolEndpoint, context: ApplicationContext) {
    super(candidate, context.before);
    this.#context = context;
  }

  protected cookies(exchange: Exchange, headers: string): string {
    const { sealed, group, durationMs, bound, name, others } = this.#context;
    // a session begins with the target's own cookie; every later answer starts both times anew
    if (!bound && !setsCookie(headers, name)) return '';
    const now = wallOf(exchange);
    const bonds = [{ ...bondTo(this.candidate, group), until: endOf(exchange, durationMs) }, ...others.filter(({ until }) => until > now)].slice(0, MOST_GROUPS);
    const value = sealed.value(bonds.map(written).join('\n'));
    return setCookie({ name: APPLICATION, value, expires: now + WEEK_MS, more: takesSameSite(exchange) ? acrossSites(exchange) : '' });
  }
}

/** Whether one of the field lines sets a cookie of that name. */
function setsCookie(headers: string, name: string): boolean {
  return headers.split('\r\n').some((line) => {
    if (!/^set-cookie:/i.test(line)) return false;
    const cookie = line.slice('set-cookie:'.length).trimStart();
    return cookie.startsWith(name) && /^\s*=/.test(cookie.slice(name.length));
  });
}

/** "only if the user-agent version is Chromium80 or above" */
function takesSameSite({ userAgent }: Exchange): boolean {
  const version = /Chrom(?:e|ium)\/(\d+)/.exec(userAgent ?? '');
  return version !== null && Number(version[1]) >= 80;
}

function bondTo({ snapshot }: PoolEndpoint, group: string): Omit<Bond, 'until'> {
  return { group, target: snapshot.target, port: snapshot.port };
}

function written({ group, target, port, until }: Bond): string {
  return `${group} ${target} ${port} ${until}`;
}

function groupOf({ label }: LinkedPool): string {
  return label.slice(label.lastIndexOf('/') + 1);
}
