import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonSchema, JsonSchemaError } from './json-schema.ts';

const schema = (value: object): JsonSchema => new JsonSchema(JSON.stringify(value));

test('a schema of draft 4 is what it was, exclusive bounds included', () => {
  const order = schema({
    $schema: 'http://json-schema.org/draft-04/schema#', id: 'order', title: 'Order', type: 'object', required: ['id', 'items'], additionalProperties: false,
    properties: { id: { type: 'integer', minimum: 0, exclusiveMinimum: true }, items: { type: 'array', minItems: 1, items: { $ref: '#/definitions/item' } }, exclusiveMaximum: { type: 'boolean' }, when: { type: 'string', format: 'date-time' } },
    definitions: { item: { type: 'string', pattern: '^[a-z]+$', enum: ['lantern', 'oil', 'X'] } },
  });
  assert.ok(order.accepts({ id: 1, items: ['lantern'], exclusiveMaximum: true, when: 'soon' }));
  for (const wrong of [{ id: 0, items: ['oil'] }, { id: 1.5, items: ['oil'] }, { id: 1, items: [] }, { id: 1, items: ['X'] }, { id: 1, items: ['none'] }, { id: 1 }, { id: 1, items: ['oil'], more: 1 }, [], null, 'text']) {
    assert.equal(order.accepts(wrong), false, JSON.stringify(wrong));
  }
});

test('what cannot be compiled, points outside or could run away is refused', () => {
  for (const text of ['', '[]', '1', '{"type":"nothing"}', '{"$ref":"https://example.test/other"}', '{"$ref":"#/definitions/gone"}', '{"pattern":"(?=a)b"}', '{"pattern":"(a)\\\\1"}', '{"not":'.repeat(300) + '{}' + '}'.repeat(300)]) {
    assert.throws(() => new JsonSchema(text), JsonSchemaError, text.slice(0, 40));
  }
});

test('a value that is deeper than any stack is not accepted', () => {
  const tree = schema({ type: 'object', properties: { next: { $ref: '#' } } });
  const nested = (depth: number): unknown => JSON.parse(`${'{"next":'.repeat(depth)}{}${'}'.repeat(depth)}`);
  assert.ok(tree.accepts(nested(100)));
  assert.equal(tree.accepts(nested(5_000)), false);
});
