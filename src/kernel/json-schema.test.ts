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

test('models refer to one another, and what is wrong is said', () => {
  const reference = (name: string, fragment = ''): object => ({ $ref: `https://apigateway.amazonaws.com/restapis/abcdefghij/models/${name}${fragment}` });
  const models = { Pet: JSON.stringify({ type: 'object', required: ['name'], properties: { name: reference('Name'), mother: reference('Pet') } }), Name: '{"type":"string","maxLength":5}', Unused: 'no JSON' };
  const pets = new JsonSchema(JSON.stringify({ type: 'array', items: reference('Pet') }), models);
  assert.equal(pets.complaint([{ name: 'Rex', mother: { name: 'Ann' } }]), null);
  assert.equal(pets.complaint([{ name: 'Rex', mother: {} }]), 'object has missing required properties (["name"])');
  assert.equal(pets.complaint([{ name: 7 }]), 'instance type (integer) does not match any allowed primitive type (allowed: ["string"])');
  assert.equal(pets.complaint([{ name: 'Methuselah' }]), '/0/name must NOT have more than 5 characters');
  assert.throws(() => new JsonSchema(JSON.stringify(reference('Nobody')), models), JsonSchemaError);
  assert.throws(() => new JsonSchema(JSON.stringify(reference('Unused')), models), JsonSchemaError);
});

test('a schema without an end accepts nothing', () => {
  assert.equal(schema({ definitions: { a: { allOf: [{ $ref: '#/definitions/a' }] } }, $ref: '#/definitions/a' }).accepts(1), false);
});
