/** `*` any run of characters, `?` exactly one. Linear in practice: only the last `*` is ever gone back to. */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Each of the six parts of an ARN for itself: a `*` of one part does not reach into the next. */
export function arnMatches(pattern: string, arn: string): boolean {
  const wanted = parts(pattern);
  const actual = parts(arn);
  return wanted.length === actual.length && wanted.every((part, at) => matchesGlob(part, actual[at]!));
}

function parts(arn: string): readonly string[] {
  const split = arn.split(':');
  return split.length <= 6 ? split : [...split.slice(0, 5), split.slice(5).join(':')];
}
