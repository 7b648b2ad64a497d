import { AwsError } from '../../../aws/index.ts';

type Test = (message: string) => boolean;

/**
 * A CloudWatch Logs filter pattern: terms that must all occur, `"quoted terms"`, `?any ?of ?these`, `-not this`; or `{ $.member = value }` over JSON with
 * `&&`, `||`, parentheses, the six comparisons, `*` in strings, IS NULL, IS TRUE, IS FALSE, EXISTS and NOT EXISTS
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html). Space-delimited patterns and regular expressions
 * are refused.
 */
export function filterPattern(pattern: string | undefined): Test {
  const text = pattern?.trim() ?? '';
  if (text === '') return () => true;
  if (text.startsWith('[') && !text.endsWith(']')) throw refused("If a filter pattern starts with '[' it must end with ']'");
  if (text.startsWith('[')) throw refused('Patterns of space-delimited fields ([a, b, ...]) are not served: use terms or a JSON pattern.');
  if (text.startsWith('{')) {
    if (!text.endsWith('}')) throw refused('Invalid filter pattern: the closing } is missing.');
    const test = new JsonPattern(text.slice(1, -1)).parse();
    return (message) => {
      let value: unknown;
      try {
        value = JSON.parse(message);
      } catch {
        return false;
      }
      return typeof value === 'object' && value !== null && test(value);
    };
  }
  return terms(text);
}

function terms(text: string): Test {
  const all: string[] = [];
  const any: string[] = [];
  const none: string[] = [];
  const form = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|(%)|([^\s"]+))/y;
  while (form.lastIndex < text.length) {
    const match = form.exec(text);
    if (!match) throw refused('Invalid filter pattern: a quotation mark is not closed.');
    if (match[3] !== undefined || match[4]?.startsWith('%')) throw refused('Regular expressions (%...%) in filter patterns are not served: use terms.');
    const term = match[2] === undefined ? match[4]! : match[2].replace(/\\(.)/g, '$1');
    if (match[1] === '?') any.push(term);
    else if (match[1] === '-') none.push(term);
    else all.push(term);
  }
  // AWS: where other terms stand beside them, those with a question mark are ignored.
  const anyOf = all.length > 0 ? [] : any;
  return (message) =>
    all.every((term) => message.includes(term)) && (anyOf.length === 0 || anyOf.some((term) => message.includes(term))) && !none.some((term) => message.includes(term));
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

type JsonTest = (value: unknown) => boolean;

/** Recursive descent over the inside of the braces. */
class JsonPattern {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    const tokens: string[] = [];
    const form = /\s*(\$[\w.[\]*-]*|\$|"(?:[^"\\]|\\.)*"|&&|\|\||[()]|!=|<=|>=|=|<|>|[^\s()=<>!&|"]+)/y;
    const trimmed = text.trimEnd();
    while (form.lastIndex < trimmed.length) {
      const match = form.exec(trimmed);
      if (!match) throw refused('Invalid filter pattern: it cannot be read as a JSON pattern.');
      tokens.push(match[1]!);
    }
    if (tokens.length > 200) throw refused('Invalid filter pattern: it has too many parts.');
    this.#tokens = tokens;
  }

  parse(): JsonTest {
    const test = this.#or();
    if (this.#at < this.#tokens.length) throw refused(`Invalid filter pattern: "${this.#tokens[this.#at]!}" was not expected.`);
    return test;
  }

  #or(): JsonTest {
    const tests = [this.#and()];
    while (this.#take('||')) tests.push(this.#and());
    return (value) => tests.some((test) => test(value));
  }

  #and(): JsonTest {
    const tests = [this.#single()];
    while (this.#take('&&')) tests.push(this.#single());
    return (value) => tests.every((test) => test(value));
  }

  #single(): JsonTest {
    if (this.#take('(')) {
      const test = this.#or();
      if (!this.#take(')')) throw refused('Invalid filter pattern: a closing parenthesis is missing.');
      return test;
    }
    const select = selector(this.#next());
    const word = this.#next();
    switch (word.toUpperCase()) {
      case 'IS': {
        const wanted: Readonly<Record<string, unknown>> = { NULL: null, TRUE: true, FALSE: false };
        const name = this.#next().toUpperCase();
        if (!(name in wanted)) throw refused(`Invalid filter pattern: IS ${name}.`);
        return (value) => select(value) === wanted[name];
      }
      case 'EXISTS':
        return (value) => select(value) !== undefined;
      case 'NOT':
        if (this.#next().toUpperCase() !== 'EXISTS') throw refused('Invalid filter pattern: NOT must be followed by EXISTS.');
        return (value) => select(value) === undefined;
      default:
        return comparison(select, word, this.#next());
    }
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw refused('Invalid filter pattern: it ends too early.');
    return token;
  }
}

function selector(text: string): (value: unknown) => unknown {
  if (!/^\$(\.[\w-]+|\[\d+\])+$/.test(text)) throw refused(`Invalid filter pattern: "${text}" is not a selector like $.member or $.list[0].`);
  const steps = [...text.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map((match) => match[1] ?? Number(match[2]));
  return (value) => {
    let at: unknown = value;
    for (const step of steps) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
      at = (at as Record<string | number, unknown>)[step];
    }
    return at;
  };
}

function comparison(select: (value: unknown) => unknown, operator: string, operand: string): JsonTest {
  if (!['=', '!=', '<', '>', '<=', '>='].includes(operator)) throw refused(`Invalid filter pattern: "${operator}" is not a comparison.`);
  if (operand.startsWith('%')) throw refused('Regular expressions (%...%) in filter patterns are not served.');
  const quoted = operand.startsWith('"');
  const number = quoted ? Number.NaN : Number(operand);
  if (!Number.isNaN(number)) {
    return (value) => {
      const found = select(value);
      if (typeof found !== 'number') return false;
      switch (operator) {
        case '=':
          return found === number;
        case '!=':
          return found !== number;
        case '<':
          return found < number;
        case '>':
          return found > number;
        case '<=':
          return found <= number;
        default:
          return found >= number;
      }
    };
  }
  if (operator !== '=' && operator !== '!=') throw refused(`Invalid filter pattern: ${operator} compares numbers, and "${operand}" is none.`);
  const wanted = quoted ? operand.slice(1, -1).replace(/\\(.)/g, '$1') : operand;
  const parts = wanted.split('*');
  const isLike = (found: string): boolean => {
    if (parts.length === 1) return found === wanted;
    const [first, last] = [parts[0]!, parts.at(-1)!];
    if (found.length < first.length + last.length || !found.startsWith(first) || !found.endsWith(last)) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const place = found.indexOf(part, at);
      if (place < 0 || place + part.length > found.length - last.length) return false;
      at = place + part.length;
    }
    return true;
  };
  return (value) => {
    const found = select(value);
    if (typeof found !== 'string') return operator === '!=' && found !== undefined;
    return isLike(found) === (operator === '=');
  };
}
