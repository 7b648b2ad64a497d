/**
 * The tiers of AWS's desync mitigation, for requests that the strict parser refuses or that are compliant in form only:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode
 *
 * What is let pass is never passed on as it came: `mended` writes a head that has one meaning for every reader, and that head goes through the
 * strict parser like any other. Its framing is what we read the body by; whatever else the client meant is dropped with the connection.
 */
export type Tier = 'Compliant' | 'Acceptable' | 'Ambiguous' | 'Severe';

/** `classification_reason` of ALB's access log. */
export type TierReason =
  | 'AmbiguousUri' | 'BadContentLength' | 'BadHeader' | 'BadMethod' | 'BadTransferEncoding' | 'BadUri' | 'BadVersion' | 'BothTeClPresent' | 'DuplicateContentLength' | 'EmptyHeader'
  | 'GetHeadZeroContentLength' | 'MultipleContentLength' | 'MultipleTransferEncodingChunked' | 'NonCompliantHeader' | 'NonCompliantVersion' | 'SpaceInUri' | 'SuspiciousHeader'
  | 'UndefinedContentLengthSemantics' | 'UndefinedTransferEncodingSemantics';

export interface Verdict {
  readonly tier: Tier;
  /** '' for a compliant request. */
  readonly reason: TierReason | '';
}

export interface Mended extends Verdict {
  /** The head, rewritten; null where it has no one meaning that could be passed on. */
  readonly head: string | null;
  /** Characters of the head as it came, its empty line included. */
  readonly length: number;
  /** It said HTTP/1.0, whatever the rewritten head says. */
  readonly isOld: boolean;
}

export const COMPLIANT: Verdict = { tier: 'Compliant', reason: '' };

const RANK: Readonly<Record<Tier, number>> = { Compliant: 0, Acceptable: 1, Ambiguous: 2, Severe: 3 };
/** A line feed that no carriage return comes before, and no blank after. */
const LONE_LINE_FEED = /(?:^|[^\r\n])\n(?![ \t]|$)|\n\n/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FRAMING: Readonly<Record<string, 'content-length' | 'transfer-encoding'>> = { contentlength: 'content-length', transferencoding: 'transfer-encoding' };

/** What becomes of a request of that tier: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode */
export function isAllowed(tier: Tier, mode: 'monitor' | 'defensive' | 'strictest'): boolean {
  switch (mode) {
    case 'monitor':
      return true;
    case 'defensive':
      return tier !== 'Severe';
    case 'strictest':
      return tier === 'Compliant';
  }
}

/** Of a request that the strict parser takes: a body whose meaning RFC 9110 leaves open, a version of the future, a method that is none of AWS's. */
export function verdictOn(head: { readonly method: string; readonly contentLength: number; readonly chunked: boolean; readonly minorVersion: number }): Verdict {
  if (!/^[A-Z_-]+$/.test(head.method)) return { tier: 'Severe', reason: 'BadMethod' };
  if (head.method === 'GET' || head.method === 'HEAD') {
    if (head.chunked) return { tier: 'Ambiguous', reason: 'UndefinedTransferEncodingSemantics' };
    if (head.contentLength > 0) return { tier: 'Ambiguous', reason: 'UndefinedContentLengthSemantics' };
    if (head.contentLength === 0) return { tier: 'Acceptable', reason: 'GetHeadZeroContentLength' };
  }
  if (head.minorVersion > 1) return { tier: 'Acceptable', reason: 'NonCompliantVersion' };
  return COMPLIANT;
}

/** Null while the head is not whole. `text` begins with a request line. */
export function mended(text: string): Mended | null {
  const end = text.indexOf('\r\n\r\n');
  // what ends lines otherwise never comes to that end
  if (end === -1) return LONE_LINE_FEED.test(text) ? { tier: 'Severe', reason: 'BadHeader', head: null, length: text.length, isOld: false } : null;
  return new Mending(text.slice(0, end), end + 4).result();
}

interface Line {
  readonly name: string;
  readonly value: string;
}

class Mending {
  readonly #text: string;
  readonly #length: number;
  #worst: Verdict = COMPLIANT;
  /** There is no one meaning. */
  #hopeless = false;
  #isOld = false;

  constructor(text: string, length: number) {
    this.#text = text;
    this.#length = length;
  }

  result(): Mended {
    const head = this.#head();
    // what was refused for a reason that is none of these stays refused for it
    const isMended = !this.#hopeless && this.#worst.tier !== 'Compliant';
    return { ...this.#worst, head: isMended ? head : null, length: this.#length, isOld: this.#isOld };
  }

  #note(tier: Tier, reason: TierReason): void {
    if (RANK[tier] > RANK[this.#worst.tier]) this.#worst = { tier, reason };
  }

  #giveUp(reason: TierReason): string {
    this.#note('Severe', reason);
    this.#hopeless = true;
    return '';
  }

  #head(): string {
    // a line feed ends a line for some readers and not for others: only before a blank is it certain to be no end of one
    if (LONE_LINE_FEED.test(this.#text)) return this.#giveUp(/^[^\n]*\r\n/.test(this.#text) ? 'BadHeader' : 'BadUri');
    const first = this.#text.indexOf('\r\n');
    const line = this.#line(first === -1 ? this.#text : this.#text.slice(0, first));
    const block = first === -1 ? '' : this.#text.slice(first + 2);
    const lines = this.#unfolded(block).flatMap((each) => this.#field(each));
    const kept = this.#framed(lines, line?.method ?? '');
    if (line === null || this.#hopeless) return '';
    const version = this.#isOld && !kept.some(({ name }) => name.toLowerCase() === 'transfer-encoding') ? 'HTTP/1.0' : 'HTTP/1.1';
    return `${line.method} ${line.target} ${version}\r\n${kept.map(({ name, value }) => `${name}: ${value}\r\n`).join('')}\r\n`;
  }

  #line(text: string): { readonly method: string; readonly target: string } | null {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (.*) (HTTP\/\d\.\d)( *)$/s.exec(text);
    if (!match) {
      this.#giveUp(/^[^ ]+ .* \S*$/s.test(text) ? 'BadVersion' : 'BadUri');
      return null;
    }
    const [, method = '', uri = '', version = '', behind = ''] = match;
    if (!/^[A-Z_-]+$/.test(method)) this.#note('Severe', 'BadMethod');
    if (behind !== '') this.#note('Acceptable', 'NonCompliantVersion');
    if (!version.startsWith('HTTP/1.')) {
      this.#giveUp('BadVersion');
      return null;
    }
    this.#isOld = version === 'HTTP/1.0';
    if (version !== 'HTTP/1.0' && version !== 'HTTP/1.1') this.#note('Acceptable', 'NonCompliantVersion');
    // one target, or the line of another request inside it
    if (/[\r\n\0]/.test(uri)) {
      this.#giveUp('BadUri');
      return null;
    }
    if (/ HTTP\/\d/.test(uri)) {
      this.#giveUp('BadVersion');
      return null;
    }
    if (/^ | $/.test(uri) || uri === '') {
      this.#giveUp('BadUri');
      return null;
    }
    if (/[\x01-\x1f\x7f]/.test(uri)) this.#note('Ambiguous', 'AmbiguousUri');
    else if (uri.includes(' ')) this.#note('Acceptable', 'SpaceInUri');
    return { method, target: uri.replace(/[\x01-\x20\x7f]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`) };
  }

  /** Lines, with what was folded joined by blanks (RFC 9112 section 5.2). */
  #unfolded(block: string): readonly string[] {
    const lines: string[] = [];
    for (const line of block.split('\r\n')) {
      if (/^[ \t]/.test(line) && lines.length > 0 && !/^[ \t]+[^\s:]*[ \t]*:/.test(line)) {
        this.#note('Severe', 'BadHeader');
        lines[lines.length - 1] += ` ${withoutBlanks(line)}`;
      } else lines.push(line);
    }
    return lines.filter((line) => line !== '');
  }

  /** Nothing for a line that is not passed on. */
  #field(line: string): readonly Line[] {
    const colon = line.indexOf(':');
    if (colon === -1) {
      this.#note('Severe', 'BadHeader');
      return [];
    }
    const name = line.slice(0, colon);
    let value = withoutBlanks(line.slice(colon + 1));
    if (/[\r\n\0]/.test(value)) {
      this.#note('Severe', 'BadHeader');
      if (this.#means(name) !== null) this.#hopeless = true;
      // "replace each of those characters with SP" (RFC 9110 section 5.5)
      value = withoutBlanks(value.replace(/[\r\n\0]+/g, ' '));
    } else if (/[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value)) {
      if (!(name.toLowerCase() in FIELDS_OF_FRAMING)) {
        this.#note('Acceptable', 'NonCompliantHeader');
        value = withoutBlanks(value.replace(/[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]/g, ' '));
      }
    }
    if (TOKEN.test(name) && !this.#isLookalike(name)) return [{ name, value }];
    if (/[\r\n\0]/.test(name)) this.#note('Severe', 'BadHeader');
    else if (name.trim() === '') this.#note('Ambiguous', 'EmptyHeader');
    else if (this.#means(name) !== null) return [{ name: `?${this.#means(name)!}`, value }];
    else this.#note('Acceptable', 'NonCompliantHeader');
    return [];
  }

  #isLookalike(name: string): boolean {
    const meant = this.#means(name);
    return meant !== null && name.toLowerCase() !== meant;
  }

  /** The field of framing that some reader could take a name for. */
  #means(name: string): 'content-length' | 'transfer-encoding' | null {
    // the long s and the dotless i, as UTF-8
    const letters = name.replaceAll('\xc5\xbf', 's').replaceAll('\xc4\xb1', 'i').toLowerCase().replace(/[^a-z0-9]/g, '');
    return FRAMING[letters] ?? null;
  }

  /** One framing, and the lines that go with it. */
  #framed(lines: readonly Line[], method: string): readonly Line[] {
    const of = (wanted: string): readonly string[] => lines.filter(({ name }) => name.toLowerCase() === wanted).map(({ value }) => value);
    const others = lines.filter(({ name }) => !(name.toLowerCase() in FIELDS_OF_FRAMING) && !name.startsWith('?'));
    const lookalikes = lines.filter(({ name }) => name.startsWith('?'));
    const lengths = of('content-length').flatMap((value) => this.#lengths(value));
    const named = of('transfer-encoding').flatMap((value) => value.split(',').map((part) => withoutBlanks(part).toLowerCase()));
    // the coding that codes nothing
    const codings = named.filter((coding) => coding !== 'identity');
    if (named.length > codings.length && lengths.length > 0) this.#note('Ambiguous', 'BothTeClPresent');
    for (const { name } of lookalikes) {
      // beside the real one they are a second of it
      if (name === '?content-length' && lengths.length > 0) this.#note('Severe', 'MultipleContentLength');
      else if (name === '?transfer-encoding' && codings.length > 0) this.#note('Severe', 'MultipleTransferEncodingChunked');
      else this.#note('Ambiguous', 'SuspiciousHeader');
    }
    if (this.#hopeless) return [];
    if (codings.length > 0) return [...others, ...this.#coded(codings, { method, lengths: lengths.length })];
    if (lengths.length === 0) return others;
    if (lengths.length > 1) {
      if (new Set(lengths).size === 1) this.#note('Ambiguous', 'DuplicateContentLength');
      else this.#note('Severe', 'MultipleContentLength');
    }
    // the shortest: nothing of whoever comes next on this connection is ever taken for the rest of a body
    const length = Math.min(...lengths);
    if (method === 'GET' || method === 'HEAD') {
      if (length > 0) this.#note('Ambiguous', 'UndefinedContentLengthSemantics');
      else this.#note('Acceptable', 'GetHeadZeroContentLength');
    }
    return [...others, { name: 'Content-Length', value: String(length) }];
  }

  #coded(codings: readonly string[], { method, lengths }: { readonly method: string; readonly lengths: number }): readonly Line[] {
    const chunked = codings.filter((coding) => coding === 'chunked').length;
    if (lengths > 0) this.#note('Ambiguous', 'BothTeClPresent');
    if (codings.some((coding) => coding !== 'chunked')) {
      // what we cannot undo is no fault of the client's
      if (codings.every((coding) => CODINGS.has(coding))) this.#hopeless = true;
      else this.#giveUp('BadTransferEncoding');
      return [];
    }
    if (chunked > 1) this.#note('Severe', 'MultipleTransferEncodingChunked');
    if (this.#isOld || method === 'GET' || method === 'HEAD') this.#note('Ambiguous', 'UndefinedTransferEncodingSemantics');
    return [{ name: 'Transfer-Encoding', value: 'chunked' }];
  }

  #lengths(value: string): readonly number[] {
    // "5, 5" is what a recipient may have made of two lines (RFC 9110 section 8.6)
    const parts = value.split(',').map(withoutBlanks);
    if (!parts.every((part) => /^\d{1,15}$/.test(part))) {
      this.#giveUp('BadContentLength');
      return [];
    }
    if (parts.length > 1) this.#note('Severe', 'BadContentLength');
    return parts.map(Number);
  }
}

/** OWS is SP and HTAB; `trim` takes more. */
function withoutBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** Codings that there are (RFC 9112 section 7, and the registry). */
const CODINGS: ReadonlySet<string> = new Set(['chunked', 'gzip', 'x-gzip', 'deflate', 'compress', 'x-compress', 'identity', 'trailers']);

const FIELDS_OF_FRAMING: Readonly<Record<string, true>> = { 'content-length': true, 'transfer-encoding': true };
