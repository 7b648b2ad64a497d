import { Pattern } from '../../../kernel/index.ts';
import type { PolicyByKind, Rewrite } from '../../../snapshot/index.ts';
import { faults, NEXT, type Exchange, type Step, type TransformStatus, type Verdict } from '../../exchange/index.ts';

/** A request line of that length is the longest that is taken from clients; a transform makes none that is longer. */
const LONGEST_URL = 16 * 1024;
const LONGEST_HOST = 255;
/** RFC 9112 section 3.2.1, and octets above 127 that the listeners let pass too. */
const URL = /^\/[\x21\x22\x24-\x7e\x80-\xff]*$/;
/** uri-host [ ":" port ] (RFC 3986 section 3.2.2). */
const HOST = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;

/** The text after the rewrites; null where none of them matches; or why it could not be made. */
type Rewritten = { readonly text: string | null } | { readonly failure: TransformStatus };

const UNCHANGED: Rewritten = { text: null };

/**
 * host-header-rewrite and url-rewrite of a rule: what the target gets differs from what was routed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
 *
 * Chosen where AWS is silent: the URL is path and query as sent; the host is compared without its port and without case, and keeps its port;
 * the first match is replaced; the rewrites of one transform are applied in order, each to what the one before has made.
 */
export function linkTransform({ host, url }: PolicyByKind['transform']): Step {
  const hosts = host.map((rewrite) => new LinkedRewrite(rewrite, true));
  const urls = url.map((rewrite) => new LinkedRewrite(rewrite, false));
  return {
    kind: 'transform',
    word: '',
    onRequest(exchange: Exchange): Verdict {
      const newHost = hosts.length === 0 ? UNCHANGED : rewritten(hosts, withoutPort(exchange.authority));
      const newUrl = urls.length === 0 ? UNCHANGED : rewritten(urls, exchange.target);
      const failure = 'failure' in newHost ? newHost.failure : hostFlaw(newHost.text) ?? ('failure' in newUrl ? newUrl.failure : urlFlaw(newUrl.text));
      if (failure !== null || 'failure' in newHost || 'failure' in newUrl) {
        exchange.transform({ host: null, url: null, status: failure ?? 'TransformReplaceError' });
        return faults['transform-failed'];
      }
      exchange.transform({ host: newHost.text === null ? null : withPortOf(exchange.authority, newHost.text), url: newUrl.text, status: 'TransformSuccess' });
      return NEXT;
    },
  };
}

class LinkedRewrite {
  readonly #pattern: Pattern;
  /** Texts and numbers of groups in turn. */
  readonly #parts: readonly (string | number)[];
  readonly #missing: boolean;

  constructor({ regex, replace }: Rewrite, fold: boolean) {
    this.#pattern = new Pattern(regex, { fold, captures: true });
    this.#parts = replace.split(/(\$(?:\d{1,2}|\{\d{1,2}\}))/).filter((part) => part !== '').map((part) => (/^\$[\d{]/.test(part) ? Number(part.replace(/[${}]/g, '')) : part));
    this.#missing = this.#parts.some((part) => typeof part === 'number' && part > this.#pattern.groups);
  }

  /** Null: no match. */
  apply(text: string): Rewritten {
    const match = this.#pattern.match(text);
    if (match === null) return UNCHANGED;
    if (this.#missing) return { failure: 'TransformReplaceError' };
    let made = '';
    for (const part of this.#parts) made += typeof part === 'string' ? part : (match[part] ?? '');
    return { text: text.slice(0, match.index) + made + text.slice(match.index + match[0].length) };
  }
}

function rewritten(rewrites: readonly LinkedRewrite[], text: string): Rewritten {
  let result = UNCHANGED;
  let current = text;
  for (const rewrite of rewrites) {
    const next = rewrite.apply(current);
    if ('failure' in next) return next;
    if (next.text === null) continue;
    result = next;
    current = next.text;
    if (current.length > LONGEST_URL) return { failure: 'TransformBufferTooSmall' };
  }
  return result;
}

function hostFlaw(host: string | null): TransformStatus | null {
  return host === null || (host.length <= LONGEST_HOST && HOST.test(host)) ? null : 'TransformInvalidHost';
}

function urlFlaw(url: string | null): TransformStatus | null {
  return url === null || URL.test(url) ? null : 'TransformInvalidPath';
}

function portOf(authority: string): string {
  const colon = authority.lastIndexOf(':');
  return colon > authority.lastIndexOf(']') ? authority.slice(colon) : '';
}

function withoutPort(authority: string): string {
  return authority.slice(0, authority.length - portOf(authority).length);
}

function withPortOf(authority: string, host: string): string {
  return portOf(host) === '' ? host + portOf(authority) : host;
}

