/** A model's pattern, ready to test a value. */
export interface Pattern {
  readonly source: string;
  test(value: string): boolean;
}

/**
 * V8's engine backtracks. Values longer than this are matched only against patterns that cannot (one class, repeated); others are refused as not
 * matching. No pattern in the models is meant for longer texts: the longest, PEM chains, are such repetitions under a cap of their own.
 */
const LONGEST_BACKTRACKED = 4096;
const PEM = /BEGIN/;

/**
 * Patterns are Java's, matched against the whole value. Null for one that cannot be read: the model's pattern then constrains nothing, and a
 * test keeps the list of those empty.
 */
export function compilePattern(source: string): Pattern | null {
  const { body, flags } = translate(source);
  let regex: RegExp;
  try {
    regex = new RegExp(`^(?:${body})$`, flags);
  } catch {
    return null;
  }
  const cap = isOneClass(source) || PEM.test(source) ? Number.POSITIVE_INFINITY : LONGEST_BACKTRACKED;
  return { source, test: (value) => value.length <= cap && regex.test(value) };
}

/** `[...]+`, `^[...]*$`, `.*`: linear whatever the value. */
function isOneClass(source: string): boolean {
  return /^\^?\(?(?:\.|\\[\w]|\[(?:[^\]\\]|\\.)*\])(?:[*+]|\{\d+(?:,\d*)?\})?\)?\$?$/.test(source.replace(/^\(\?s\)/, ''));
}

/** Java's syntax in JavaScript's: inline (?s), and in unicode mode no needless escapes and no bare hyphens beside classes. */
function translate(source: string): { readonly body: string; readonly flags: string } {
  let body = source;
  let flags = '';
  if (body.startsWith('(?s)')) {
    body = body.slice(4);
    flags += 's';
  }
  // unicode mode only where \p or a pair of surrogates needs it: the linear fallback of V8 does not cover it
  if (!/\\p\{|\\u[dD][89abAB]/.test(body)) return { body, flags };
  return { body: forUnicodeMode(body), flags: `${flags}u` };
}

function forUnicodeMode(body: string): string {
  let out = '';
  let inClass = false;
  let previousIsSet = false;
  for (let i = 0; i < body.length; i++) {
    const character = body[i]!;
    if (character === '\\') {
      const next = body[++i] ?? '\\';
      const property = next === 'p' || next === 'P' ? (/^\{[^}]*\}/.exec(body.slice(i + 1))?.[0] ?? '') : '';
      i += property.length;
      const known = property !== '' || /[dDwWsSbBtnrvf0ux^$\\.*+?()[\]{}|/]/.test(next) || (next === '-' && inClass);
      out += known ? `\\${next}${property}` : next;
      previousIsSet = inClass && (property !== '' || /[dDwWsS]/.test(next));
      continue;
    }
    if (character === '[' && !inClass) inClass = true;
    else if (character === ']' && inClass) inClass = false;
    else if (character === '-' && inClass && (previousIsSet || body[i + 1] === '\\')) {
      out += '\\-';
      previousIsSet = false;
      continue;
    }
    previousIsSet = false;
    out += character;
  }
  return out;
}
