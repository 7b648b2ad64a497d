import { TemplateError, type BinaryOperator, type Expression, type Node, type Reference, type Step } from './node.ts';
import { callMethod, propertyOf } from './methods.ts';
import { calculate, compareNumbers, equal, handledSoFar, isHost, isNumber, isTrue, List, LONGEST, textOf, type Value } from './value.ts';

/** Rounds of one loop: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const ROUNDS = 1_000;
/** References, operations and directives of one rendering. What works through long values takes more of them: one a kilobyte. */
const STEPS = 200_000;
const LONG_BITS = 10;

const ON = 0;
const BREAK = 1;
const STOP = 2;
type Signal = typeof ON | typeof BREAK | typeof STOP;

/** One rendering of a template. Throws `TemplateError`. */
export class Renderer {
  readonly #variables: Map<string, Value>;
  #left = STEPS;
  #handled = handledSoFar();
  out = '';

  constructor(variables: Map<string, Value>) {
    this.#variables = variables;
  }

  render(nodes: readonly Node[]): Signal {
    for (const node of nodes) {
      this.#step();
      switch (node.kind) {
        case 'text':
          this.#write(node.text);
          break;
        case 'reference':
          this.#reference(node);
          break;
        case 'set':
          this.#set(node.target, this.#value(node.value));
          break;
        case 'if': {
          const branch = node.branches.find(({ condition }) => isTrue(this.#value(condition)));
          const signal = this.render(branch === undefined ? node.otherwise : branch.body);
          if (signal !== ON) return signal;
          break;
        }
        case 'foreach':
          if (this.#foreach(node) === STOP) return STOP;
          break;
        case 'break':
          return BREAK;
        case 'stop':
          return STOP;
      }
    }
    return ON;
  }

  #step(steps = 1): void {
    const handled = handledSoFar();
    this.#left -= steps + ((handled - this.#handled) >>> LONG_BITS);
    if (this.#left < 0) throw new TemplateError(`a template may take ${STEPS} steps`);
    this.#handled = handled;
  }

  /** Something is done with all of a value. */
  #through(value: Value): void {
    if (typeof value === 'string') this.#step(value.length >>> LONG_BITS);
    else if (value instanceof List) this.#step(value.items.length >>> LONG_BITS);
    else if (value instanceof Map) this.#step(value.size >>> LONG_BITS);
  }

  #write(text: string): void {
    this.out += text;
    if (this.out.length > LONGEST) throw new TemplateError(`a template may give ${LONGEST} characters`);
  }

  /** What leads nowhere stands for itself, unless it is quiet. Of the backslashes before what leads somewhere every second one escapes. */
  #reference({ reference, quiet, backslashes, source }: Extract<Node, { kind: 'reference' }>): void {
    const value = this.#resolve(reference);
    if (value === null && !quiet) return this.#write('\\'.repeat(backslashes) + source);
    this.#write('\\'.repeat(backslashes >> 1));
    if (backslashes % 2 === 1) this.#write(source);
    else if (value !== null) this.#write(textOf(value));
  }

  #foreach({ name, list, body }: Extract<Node, { kind: 'foreach' }>): Signal {
    const over = this.#value(list);
    this.#through(over);
    const items = over instanceof List ? over.items.slice(0, ROUNDS) : over instanceof Map ? [...over.values()].slice(0, ROUNDS) : [];
    const kept = [name, 'foreach', 'velocityCount', 'velocityHasNext'].map((variable) => [variable, this.#variables.get(variable)] as const);
    const parent = this.#variables.get('foreach') ?? null;
    let signal: Signal = ON;
    for (let i = 0; i < items.length && signal === ON; i++) {
      this.#step();
      this.#variables.set(name, items[i]!);
      this.#variables.set('foreach', round(i, items.length, parent));
      this.#variables.set('velocityCount', i + 1);
      this.#variables.set('velocityHasNext', i + 1 < items.length);
      signal = this.render(body);
    }
    for (const [variable, value] of kept) {
      if (value === undefined) this.#variables.delete(variable);
      else this.#variables.set(variable, value);
    }
    return signal;
  }

  /** Nothing is set to null: Velocity leaves it as it was. */
  #set({ name, steps }: Reference, value: Value): void {
    if (value === null) return;
    const last = steps.at(-1);
    if (last === undefined) {
      this.#variables.set(name, value);
      return;
    }
    const on = this.#resolve({ name, steps: steps.slice(0, -1) });
    if (on instanceof Map) {
      const key = last.kind === 'index' ? textOf(this.#value(last.index)) : last.name;
      callMethod(on, 'put', [key, value]);
    } else if (on instanceof List && last.kind === 'index') callMethod(on, 'set', [this.#value(last.index), value]);
  }

  #resolve({ name, steps }: Reference): Value {
    let value = this.#variables.get(name) ?? null;
    for (const step of steps) {
      this.#step();
      if (value === null) return null;
      value = this.#follow(value, step) ?? null;
    }
    return value;
  }

  #follow(on: Value, step: Step): Value | undefined {
    switch (step.kind) {
      case 'property':
        return propertyOf(on, step.name);
      case 'method':
        return this.#called(on, step.name, step.parameters.map((parameter) => this.#value(parameter)));
      case 'index': {
        const at = this.#value(step.index);
        if (on instanceof List) return typeof at === 'number' ? on.items[at < 0 ? on.items.length + at : at] : undefined;
        if (on instanceof Map) return on.get(textOf(at));
        return isHost(on) ? on.property(textOf(at)) : undefined;
      }
    }
  }

  #called(on: Value, name: string, parameters: readonly Value[]): Value | undefined {
    this.#through(on);
    for (const parameter of parameters) this.#through(parameter);
    const made = callMethod(on, name, parameters);
    if (made !== undefined) this.#through(made);
    return made;
  }

  #value(expression: Expression): Value {
    this.#step();
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'interpolated': {
        const before = this.out;
        this.out = '';
        this.render(expression.body);
        const text = this.out;
        this.out = before;
        return text;
      }
      case 'reference':
        return this.#resolve(expression.reference);
      case 'list':
        return new List(expression.items.map((item) => this.#value(item)));
      case 'map':
        return new Map(expression.entries.map(([key, value]) => [textOf(this.#value(key)), this.#value(value)]));
      case 'range':
        return this.#range(this.#value(expression.from), this.#value(expression.to));
      case 'not':
        return !isTrue(this.#value(expression.operand));
      case 'binary':
        return this.#binary(expression.operator, expression.left, expression.right);
    }
  }

  #range(from: Value, to: Value): Value {
    if (typeof from !== 'number' || typeof to !== 'number') return null;
    const count = Math.abs(to - from) + 1;
    if (count > LONGEST) throw new TemplateError(`a range has more than ${LONGEST} numbers`);
    this.#step(count);
    return new List(Array.from({ length: count }, (_, i) => (from <= to ? from + i : from - i)));
  }

  #binary(operator: BinaryOperator, left: Expression, right: Expression): Value {
    if (operator === '&&') return isTrue(this.#value(left)) && isTrue(this.#value(right));
    if (operator === '||') return isTrue(this.#value(left)) || isTrue(this.#value(right));
    const a = this.#value(left);
    const b = this.#value(right);
    this.#through(a);
    this.#through(b);
    switch (operator) {
      case '==':
        return equal(a, b);
      case '!=':
        return !equal(a, b);
      case '<':
      case '<=':
      case '>':
      case '>=': {
        // what cannot be compared is no comparison that holds
        if (!isNumber(a) || !isNumber(b)) return false;
        const order = compareNumbers(a, b);
        return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
      }
      case '+':
        if (typeof a === 'string' || typeof b === 'string') {
          const text = textOf(a) + textOf(b);
          if (text.length > LONGEST) throw new TemplateError(`a value is larger than ${LONGEST}`);
          return text;
        }
        return isNumber(a) && isNumber(b) ? calculate(operator, a, b) : null;
      case '-':
      case '*':
      case '/':
      case '%':
        return isNumber(a) && isNumber(b) ? calculate(operator, a, b) : null;
    }
  }
}

/** `$foreach`. */
function round(at: number, count: number, parent: Value): Value {
  const has: Readonly<Record<string, Value>> = { index: at, count: at + 1, hasNext: at + 1 < count, first: at === 0, last: at + 1 === count, parent };
  const read = (name: string): Value | undefined => (Object.hasOwn(has, name) ? has[name] : undefined);
  return { host: true, property: read, call: (name) => (name === 'hasNext' ? has['hasNext'] : name.startsWith('get') ? read(name.charAt(3).toLowerCase() + name.slice(4)) : undefined) };
}
