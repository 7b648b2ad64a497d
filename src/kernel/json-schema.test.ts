import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonSchema, SchemaError } from './index.ts';

// https://json-schema.org/draft-04/draft-fge-json-schema-validation-00
const TABLE: readonly (readonly [schema: object, valid: readonly unknown[], wrong: readonly unknown[]])[] = [
  [{}, [1, 'a', null, {}, []], []],
  [{ type: 'string' }, ['', 'a'], [1, null, [], {}, true]], [{ type: ['integer', 'null'] }, [1, 1.0, null], [1.5, '1']], [{ type: 'number' }, [1, 1.5], ['1']], [{ type: 'object' }, [{}], [[], null]],
  [{ enum: [1, { a: 1, b: 2 }, 'x'] }, [1, { b: 2, a: 1 }, 'x'], [2, { a: 1 }, '1']],
  [{ properties: { a: { type: 'string' } } }, [{}, { a: 'x' }, { b: 1 }, 7], [{ a: 1 }]],
  [{ properties: { a: {} }, patternProperties: { '^x': { type: 'integer' } }, additionalProperties: false }, [{ a: 1, x1: 2 }], [{ b: 1 }, { x1: 'no' }]],
  [{ additionalProperties: { type: 'integer' } }, [{ a: 1 }], [{ a: 'b' }]], [{ patternProperties: { a: { type: 'null' } } }, [{ b: 1 }, { xax: null }], [{ xax: 1 }]],
  [{ required: ['a', 'b'] }, [{ a: 1, b: 2 }, 'no object'], [{ a: 1 }, {}]], [{ minProperties: 1, maxProperties: 2 }, [{ a: 1 }], [{}, { a: 1, b: 1, c: 1 }]],
  [{ dependencies: { a: ['b'], c: { required: ['d'] } } }, [{ a: 1, b: 1 }, { c: 1, d: 1 }, {}], [{ a: 1 }, { c: 1 }]],
  [{ items: { type: 'integer' } }, [[], [1, 2], 'x'], [[1, 'a']]], [{ items: [{ type: 'integer' }, {}], additionalItems: false }, [[1, 'a'], [1]], [['a'], [1, 2, 3]]], [{ items: [{}], additionalItems: { type: 'null' } }, [[1, null]], [[1, 2]]],
  [{ minItems: 1, maxItems: 2, uniqueItems: true }, [[1], [1, 2], [{ a: 1 }, { a: 2 }]], [[], [1, 2, 3], [{ a: 1, b: 2 }, { b: 2, a: 1 }]]],
  [{ minLength: 1, maxLength: 1 }, ['😀'], ['😀😀']], [{ pattern: 'b+' }, ['abbc'], ['ac']],
  [{ minimum: 1, maximum: 3 }, [1, 2, 3, '9'], [0.9, 3.1]], [{ minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: true }, [1.1, 2.9], [1, 3]], [{ multipleOf: 0.01 }, [0.07, 19.99, 5], [0.075]],
  [{ allOf: [{ type: 'integer' }, { minimum: 2 }] }, [2], [1, 'a']], [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, [1, 'a'], [null]], [{ oneOf: [{ type: 'integer' }, { minimum: 5 }] }, [1, 5.5], [6, 1.5]], [{ not: { type: 'integer' } }, ['a'], [1]],
  [{ definitions: { node: { type: 'object', properties: { next: { $ref: '#/definitions/node' } }, required: ['v'] } }, $ref: '#/definitions/node' }, [{ v: 1 }, { v: 1, next: { v: 2 } }], [{ v: 1, next: {} }, 1]],
  [{ properties: { child: { $ref: '#' } }, additionalProperties: false }, [{ child: { child: {} } }], [{ child: { other: 1 } }]], [{ $ref: 'https://apigateway.amazonaws.com/restapis/abcdefghij/models/Name' }, ['Ann'], [7]],
  [{ format: 'email', title: 'x', description: 'y', default: 1, $schema: 'http://json-schema.org/draft-04/schema#' }, ['no address'], []],
];

test('a schema of draft 4 tells what is valid', () => {
  for (const [document, valid, wrong] of TABLE) {
    const schema = new JsonSchema(document, { Name: { type: 'string' } });
    for (const value of valid) assert.deepEqual(schema.complaints(value), [], `${JSON.stringify(document)} ${JSON.stringify(value)}`);
    for (const value of wrong) assert.notDeepEqual(schema.complaints(value), [], `${JSON.stringify(document)} ${JSON.stringify(value)}`);
  }
});

test('what is wrong is said', () => {
  const schema = new JsonSchema({ type: 'object', required: ['name', 'age'], properties: { age: { type: 'integer' } } });
  assert.deepEqual(schema.complaints({ age: 'old' }), ['object has missing required properties (["name"])', 'instance type (string) does not match any allowed primitive type (allowed: ["integer"])']);
});

test('schemas that cannot be executed are refused, and none runs away', () => {
  for (const document of [7, { type: 'text' }, { $ref: '#/nowhere' }, { $ref: 'http://example.com/' }, { $ref: 'https://apigateway.amazonaws.com/restapis/a/models/None' }, { pattern: '(?=x)' }, { items: 1 }, { enum: [] }, { minimum: 'a' }, { allOf: {} }]) {
    assert.throws(() => new JsonSchema(document), SchemaError, JSON.stringify(document));
  }
  const loop = new JsonSchema({ definitions: { a: { allOf: [{ $ref: '#/definitions/a' }] } }, $ref: '#/definitions/a' });
  assert.deepEqual(loop.complaints(1), ['the value is too large to be validated']);
  const wide = new JsonSchema({ definitions: { a: { anyOf: [{ $ref: '#/definitions/a' }, { $ref: '#/definitions/a' }] } }, $ref: '#/definitions/a' });
  const paradox = new JsonSchema({ not: { $ref: '#' } });
  assert.deepEqual(paradox.complaints(1), ['the value is too large to be validated']);
  const started = performance.now();
  assert.notDeepEqual(wide.complaints(1), []);
  assert.ok(performance.now() - started < 5_000);
});
