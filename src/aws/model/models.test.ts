import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { catalogueEntryOf, openModels, operationsOf } from '../index.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'models');
const models = openModels();

test('every operation and shape of every model compiles, and the catalogue says what they say', () => {
  let operations = 0;
  for (const entry of models.catalogue) {
    const model = models.model(entry.name);
    for (const name of model.shapeNames()) {
      const { shape } = model.resolve(name);
      if (shape.type === 'structure') for (const member of shape.members) assert.ok(member.shape.type, `${entry.name} ${name}.${member.name}`);
    }
    for (const name of model.operationNames) {
      const operation = model.operation(name)!;
      for (const error of operation.errors) assert.ok(model.error(error), `${entry.name} ${name}: ${error}`);
      operations++;
    }
    assert.deepEqual(catalogueEntryOf(model), entry);
  }
  assert.ok(operations > 2200, String(operations));
});

test('every vendored file is in the catalogue, stripped of text and packed alike on every machine', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json.gz'));
  assert.deepEqual(files.map((file) => file.replace('.json.gz', '')).sort(), models.catalogue.map((entry) => entry.name).sort());
  for (const file of files) {
    const bytes = readFileSync(join(FOLDER, file));
    // RFC 1952: no time, no name, no system
    assert.deepEqual([bytes.readUInt32LE(4), bytes[3], bytes[9]], [0, 0, 255], file);
    assert.doesNotMatch(gunzipSync(bytes).toString('utf8'), /"documentation":"</, file);
  }
});

test('every patch says why', () => {
  for (const file of readdirSync(join(FOLDER, 'patches'))) {
    for (const patch of JSON.parse(readFileSync(join(FOLDER, 'patches', file), 'utf8')) as readonly { readonly reason?: string; readonly merge?: object }[]) {
      assert.ok((patch.reason?.length ?? 0) > 20 && patch.merge, file);
    }
  }
});

test('a service table that lies is found out', () => {
  const model = models.model('sts');
  const states = operationsOf(model, { name: 'sts', operations: { GetCallerIdentity: () => ({}) }, refusals: { AssumeRoot: 'There is no organisation here.' } });
  assert.equal(states.length, model.operationNames.length);
  assert.deepEqual(states.find(({ name }) => name === 'GetCallerIdentity'), { name: 'GetCallerIdentity', state: 'implemented' });
  assert.deepEqual(states.find(({ name }) => name === 'AssumeRoot'), { name: 'AssumeRoot', state: 'refused', reason: 'There is no organisation here.' });
  assert.deepEqual(states.find(({ name }) => name === 'AssumeRole'), { name: 'AssumeRole', state: 'not-implemented' });
  assert.throws(() => operationsOf(model, { name: 'sts', operations: { Bogus: () => ({}) }, refusals: {} }), /implements "Bogus", which its model does not have/);
  assert.throws(() => operationsOf(model, { name: 'sts', operations: {}, refusals: { Bogus: 'why' } }), /refuses "Bogus"/);
});
