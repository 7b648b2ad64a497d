/** One thing that is wrong with a template. All of a template's problems are gathered in one run. */
export interface Problem {
  /** Where: `Resources.Web.Properties.Port`, or `line 3, column 7` for text that cannot be read. */
  readonly path: string;
  /** What stands there, shortened. */
  readonly got: string;
  /** What may stand there, or what to do. */
  readonly allowed: string;
}

/** Gathers problems; the same one found twice (a condition used in two places) is kept once. */
export class Problems {
  readonly #found = new Map<string, Problem>();

  add(path: string, got: unknown, allowed: string): void {
    const problem: Problem = { path, got: shown(got), allowed };
    this.#found.set(`${path}\n${problem.got}\n${allowed}`, problem);
  }

  get list(): readonly Problem[] {
    return [...this.#found.values()];
  }

  /** Throws when anything was found. */
  check(): void {
    if (this.#found.size > 0) throw new TemplateError(this.list);
  }
}

/** The template cannot be applied as it is: nothing was called. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code = 'ValidationError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`Template error: ${problems.map(sentence).join('\n')}`);
    this.problems = problems;
  }
}

/** `Resources.Web.Type: got "AWS::X::Y"; allowed: ...` */
export function sentence(problem: Problem): string {
  return `${problem.path}: got ${problem.got}; ${problem.allowed}`;
}

const LONGEST = 120;

/** A value as people can read it in one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

/** A list of names for people: all of them, or those nearest to what was written first when they are many. */
export function choices(names: Iterable<string>, written = ''): string {
  const all = [...names];
  if (all.length <= 40) return all.length === 0 ? 'nothing' : all.join(', ');
  const near = all.map((name) => ({ name, far: distance(name.toLowerCase(), written.toLowerCase()) })).sort((a, b) => a.far - b.far);
  return `${near.slice(0, 10).map(({ name }) => name).join(', ')} and ${all.length - 10} more`;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
