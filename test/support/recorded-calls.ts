import assert from 'node:assert/strict';
import { openModels, type AwsError, type Models } from '../../src/aws/index.ts';
import type { CallOperation } from '../../src/control-plane/templates/index.ts';

type Answer = unknown;
type Answering = (input: Record<string, unknown>) => Answer;

/** The part of a compiled shape that is needed to check an input. */
interface Shape {
  readonly type: string;
  readonly name: string;
  readonly byName?: ReadonlyMap<string, { readonly shape: Shape }>;
  readonly members?: readonly { readonly name: string; readonly required: boolean; readonly idempotencyToken: boolean }[];
  readonly member?: { readonly shape: Shape };
  readonly value?: { readonly shape: Shape };
  readonly enum?: readonly string[] | null;
  readonly document?: boolean;
}

let models: Models | null = null;

/**
 * Stands in for the services: records every call, holds it against the service's model (operation, members, types, what is required) and answers
 * from a table, `service:Operation` -> answer. What the table does not have is answered with an empty output.
 */
export class RecordedCalls {
  readonly made: { readonly service: string; readonly operation: string; readonly input: Record<string, unknown> }[] = [];
  readonly answers: Map<string, Answer | Answering>;
  #failing = new Map<string, AwsError>();

  constructor(answers: Readonly<Record<string, Answer | Answering>> = {}) {
    this.answers = new Map(Object.entries(answers));
  }

  readonly call: CallOperation = async (service, operation, input) => {
    models ??= openModels();
    const model = models.model(service).operation(operation);
    assert.ok(model, `${service} has no operation ${operation}`);
    const members = input as Record<string, unknown>;
    if (model.input === null) assert.deepEqual(members, {}, `${service}:${operation} takes no input`);
    else fits(model.input as unknown as Shape, members, `${service}:${operation}`);
    this.made.push({ service, operation, input: members });
    const failure = this.#failing.get(`${service}:${operation}`);
    if (failure) throw failure;
    const answer = this.answers.get(`${service}:${operation}`);
    return typeof answer === 'function' ? (answer as Answering)(members) : (answer ?? {});
  };

  fail(operation: string, error: AwsError): void {
    this.#failing.set(operation, error);
  }

  heal(): void {
    this.#failing.clear();
  }

  /** `service:Operation` of the calls that change something, since the last time that this was asked. */
  writes(): readonly string[] {
    return this.made.splice(0).filter(({ operation }) => !/^(Describe|Get|List)/.test(operation)).map(({ service, operation }) => `${service}:${operation}`);
  }
}

function fits(shape: Shape, value: unknown, path: string): void {
  switch (shape.type) {
    case 'structure': {
      if (shape.document) return;
      assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${path}: ${JSON.stringify(value)} is no structure`);
      for (const [name, inner] of Object.entries(value)) {
        const member = shape.byName?.get(name);
        assert.ok(member, `${path}: ${shape.name} has no member ${name}`);
        fits(member.shape, inner, `${path}.${name}`);
      }
      for (const { name, required, idempotencyToken } of shape.members ?? []) assert.ok(!required || idempotencyToken || Object.hasOwn(value, name), `${path}: ${name} is required`);
      return;
    }
    case 'list':
      assert.ok(Array.isArray(value), `${path}: ${JSON.stringify(value)} is no list`);
      for (const [index, item] of value.entries()) fits(shape.member!.shape, item, `${path}[${index}]`);
      return;
    case 'map':
      assert.ok(typeof value === 'object' && value !== null, `${path}: ${JSON.stringify(value)} is no map`);
      for (const [name, inner] of Object.entries(value)) fits(shape.value!.shape, inner, `${path}.${name}`);
      return;
    case 'string':
      assert.equal(typeof value, 'string', `${path}: ${JSON.stringify(value)}`);
      if (shape.enum) assert.ok(shape.enum.includes(value as string), `${path}: ${String(value)} is none of ${shape.enum.join(', ')}`);
      return;
    case 'boolean':
      assert.equal(typeof value, 'boolean', `${path}: ${JSON.stringify(value)}`);
      return;
    case 'blob':
      assert.ok(value instanceof Uint8Array, `${path}: ${JSON.stringify(value)} is no blob`);
      return;
    case 'timestamp':
      assert.ok(value instanceof Date, `${path}: ${JSON.stringify(value)} is no date`);
      return;
    default:
      assert.equal(typeof value, 'number', `${path}: ${JSON.stringify(value)}`);
  }
}
