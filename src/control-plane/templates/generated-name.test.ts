import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../kernel/index.ts';
import { generatedName } from './generated-name.ts';

const NAMES: readonly (readonly [string, string, number, RegExp])[] = [
  ['shop', 'Orders', 64, /^shop-Orders-[A-Z0-9]{12}$/],
  ['shop', 'CatalogNextGroup', 32, /^shop-CatalogNextGro-[A-Z0-9]{12}$/],
  ['a-very-long-stack-name', 'B', 32, /^a-very-long-stack-B-[A-Z0-9]{12}$/],
  ['ends-with-a-', 'LogicalIdOfSomething', 32, /^ends-with-LogicalId-[A-Z0-9]{12}$/],
];

for (const [stack, logicalId, longest, expected] of NAMES) {
  test(`${stack} and ${logicalId} in ${longest} characters`, () => {
    const name = generatedName({ stack, logicalId, longest }, seededRandom(1));
    assert.ok(name.length <= longest, name);
    assert.match(name, expected);
    assert.doesNotMatch(name, /--/);
    assert.notEqual(name, generatedName({ stack, logicalId, longest }, seededRandom(2)));
  });
}
