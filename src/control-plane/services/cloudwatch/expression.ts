/**
 * Metric math, of which CloudWatch has more: numbers, names of other queries, + - * / ^, parentheses, and the functions of `FUNCTIONS`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** Values by time (ms). */
export type TimeSeries = ReadonlyMap<number, number>;
/** S, TS and TS[] in AWS's table. */
export type Value = number | TimeSeries | readonly TimeSeries[];

/** An expression that cannot be read or computed; `message` says why. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

export interface Names {
  /** The result of another query; null for an id that there is none of. */
  value(id: string): Value | null;
  /** METRICS(): the series of all queries that are metrics, whose ids contain the text. */
  metrics(part: string): readonly TimeSeries[];
  readonly periodSeconds: number;
  /** Every time of the range, for FILL. */
  readonly times: readonly number[];
}

const LONGEST = 2048;
const DEEPEST = 32;

type Token = { readonly kind: 'number'; readonly value: number } | { readonly kind: 'name' | 'sign' | 'text'; readonly value: string };

export function evaluate(expression: string, names: Names): Value {
  const parser = new Parser(tokens(expression), names);
  return parser.whole();
}

function tokens(text: string): readonly Token[] {
  if (text.length > LONGEST) throw new ExpressionError(`an expression has at most ${LONGEST} characters`);
  const found: Token[] = [];
  const pattern = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|([-+*/^(),])|"([^"]*)"|'([^']*)')/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new ExpressionError(`"${text.slice(at, at + 20).trim()}" is not understood; comparisons, logic, IF and SEARCH are not served`);
    const [, number, name, sign, quoted, single] = match;
    if (number !== undefined) found.push({ kind: 'number', value: Number(number) });
    else if (name !== undefined) found.push({ kind: 'name', value: name });
    else if (sign !== undefined) found.push({ kind: 'sign', value: sign });
    else found.push({ kind: 'text', value: quoted ?? single ?? '' });
  }
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #names: Names;
  #at = 0;
  #depth = 0;

  constructor(list: readonly Token[], names: Names) {
    this.#tokens = list;
    this.#names = names;
  }

  whole(): Value {
    const value = this.#sum();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new ExpressionError(`"${rest.value}" is not expected there`);
    return value;
  }

  #sum(): Value {
    let left = this.#product();
    for (let sign = this.#sign('+', '-'); sign !== null; sign = this.#sign('+', '-')) left = combine(left, this.#product(), sign === '+' ? (a, b) => a + b : (a, b) => a - b);
    return left;
  }

  #product(): Value {
    let left = this.#unary();
    for (let sign = this.#sign('*', '/'); sign !== null; sign = this.#sign('*', '/')) left = combine(left, this.#unary(), sign === '*' ? (a, b) => a * b : (a, b) => a / b);
    return left;
  }

  #unary(): Value {
    return this.#sign('-') === null ? this.#power() : each(this.#unary(), (value) => -value);
  }

  #power(): Value {
    const base = this.#operand();
    return this.#sign('^') === null ? base : combine(base, this.#unary(), (a, b) => a ** b);
  }

  #operand(): Value {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new ExpressionError('something is missing at its end');
    if (token.kind === 'number') return token.value;
    if (token.kind === 'text') throw new ExpressionError(`the text "${token.value}" is not expected there`);
    if (token.kind === 'name') {
      if (this.#sign('(') !== null) return this.#call(token.value);
      const value = this.#names.value(token.value);
      if (value === null) throw new ExpressionError(`there is no query with the id ${token.value}`);
      return value;
    }
    if (token.value !== '(') throw new ExpressionError(`"${token.value}" is not expected there`);
    const value = this.#inner(() => this.#sum());
    this.#close();
    return value;
  }

  #call(name: string): Value {
    const args: (Value | string)[] = [];
    if (this.#sign(')') === null) {
      do args.push(this.#inner(() => this.#argument()));
      while (this.#sign(',') !== null);
      this.#close();
    }
    const call = Object.hasOwn(FUNCTIONS, name.toUpperCase()) ? FUNCTIONS[name.toUpperCase()] : undefined;
    if (call === undefined) throw new ExpressionError(`the function ${name} is not served; ${Object.keys(FUNCTIONS).join(', ')} are`);
    return call(args, this.#names);
  }

  #argument(): Value | string {
    const token = this.#tokens[this.#at];
    // a text, or the word that says how FILL fills
    if (token?.kind === 'text' || (token?.kind === 'name' && /^(?:REPEAT|LINEAR)$/i.test(token.value))) {
      this.#at++;
      return token.value;
    }
    return this.#sum();
  }

  #inner<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw new ExpressionError(`it is nested more than ${DEEPEST} times`);
    const value = read();
    this.#depth--;
    return value;
  }

  #close(): void {
    if (this.#sign(')') === null) throw new ExpressionError('a closing parenthesis is missing');
  }

  #sign(...signs: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || !signs.includes(token.value)) return null;
    this.#at++;
    return token.value;
  }
}

type Call = (args: readonly (Value | string)[], names: Names) => Value;

const FUNCTIONS: Readonly<Record<string, Call>> = {
  ABS: one((value) => each(value, Math.abs)),
  AVG: aggregate((values) => values.reduce((a, b) => a + b, 0) / values.length),
  CEIL: one((value) => each(value, Math.ceil)),
  DIFF: one((value) => mapSeries(value, (series) => neighbours(series, (now, before) => now - before))),
  FILL: (args, { times }) => fill(args, times),
  FLOOR: one((value) => each(value, Math.floor)),
  MAX: aggregate((values) => Math.max(...values)),
  METRICS: ([part = ''], names) => names.metrics(typeof part === 'string' ? part : ''),
  MIN: aggregate((values) => Math.min(...values)),
  PERIOD: (_args, { periodSeconds }) => periodSeconds,
  RATE: one((value) => mapSeries(value, (series) => neighbours(series, (now, before, seconds) => (now - before) / seconds))),
  RUNNING_SUM: one((value) => mapSeries(value, runningSum)),
  STDDEV: aggregate((values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
  }),
  SUM: aggregate((values) => values.reduce((a, b) => a + b, 0)),
};

function one(apply: (value: Value) => Value): Call {
  return (args) => {
    const [value] = args;
    if (args.length !== 1 || value === undefined || typeof value === 'string') throw new ExpressionError('a function was given the wrong number of arguments');
    return apply(value);
  };
}

/** Of one series the number over its times; of several the series over them, time by time. */
function aggregate(of: (values: readonly number[]) => number): Call {
  return one((value) => {
    if (typeof value === 'number') return value;
    if (!Array.isArray(value)) return value instanceof Map && value.size === 0 ? new Map() : of([...(value as TimeSeries).values()]);
    const all = value as readonly TimeSeries[];
    const times = [...new Set(all.flatMap((series) => [...series.keys()]))].sort((a, b) => a - b);
    return new Map(times.map((time) => [time, of(all.flatMap((series) => series.get(time) ?? []))]));
  });
}

function each(value: Value, apply: (value: number) => number): Value {
  return typeof value === 'number' ? apply(value) : mapSeries(value, (series) => new Map([...series].map(([time, at]) => [time, apply(at)])));
}

function mapSeries(value: Value, apply: (series: TimeSeries) => TimeSeries): Value {
  if (typeof value === 'number') throw new ExpressionError('a function that needs a series was given a number');
  return Array.isArray(value) ? (value as readonly TimeSeries[]).map(apply) : apply(value as TimeSeries);
}

/** Series are combined at the times that both have. */
function combine(left: Value, right: Value, apply: (a: number, b: number) => number): Value {
  if (typeof left === 'number' && typeof right === 'number') return apply(left, right);
  if (Array.isArray(left)) return (left as readonly TimeSeries[]).map((series) => combine(series, right, apply) as TimeSeries);
  if (Array.isArray(right)) return (right as readonly TimeSeries[]).map((series) => combine(left, series, apply) as TimeSeries);
  const out = new Map<number, number>();
  const put = (time: number, a: number, b: number): void => {
    const value = apply(a, b);
    // a division by zero has no value
    if (Number.isFinite(value)) out.set(time, value);
  };
  if (typeof left === 'number') for (const [time, value] of right as TimeSeries) put(time, left, value);
  else if (typeof right === 'number') for (const [time, value] of left as TimeSeries) put(time, value, right);
  else {
    for (const [time, value] of left as TimeSeries) {
      const other = (right as TimeSeries).get(time);
      if (other !== undefined) put(time, value, other);
    }
  }
  return out;
}

function neighbours(series: TimeSeries, apply: (now: number, before: number, seconds: number) => number): TimeSeries {
  const all = [...series];
  return new Map(all.slice(1).map(([time, value], i) => [time, apply(value, all[i]![1], (time - all[i]![0]) / 1000)]));
}

function runningSum(series: TimeSeries): TimeSeries {
  let sum = 0;
  return new Map([...series].map(([time, value]) => [time, (sum += value)]));
}

function fill([value, filler]: readonly (Value | string)[], times: readonly number[]): Value {
  if (value === undefined || typeof value === 'string' || filler === undefined) throw new ExpressionError('FILL needs a metric and a value, REPEAT or LINEAR');
  const how = typeof filler === 'string' ? filler.toUpperCase() : null;
  if (how === 'LINEAR') throw new ExpressionError('FILL with LINEAR is not served; REPEAT and a number are');
  return mapSeries(value, (series) => {
    let last: number | undefined;
    const out = new Map<number, number>();
    for (const time of times) {
      const here = series.get(time);
      const fallback = how === 'REPEAT' ? last : typeof filler === 'number' ? filler : undefined;
      const put = here ?? fallback;
      if (put !== undefined) out.set(time, put);
      last = here ?? last;
    }
    return out;
  });
}
