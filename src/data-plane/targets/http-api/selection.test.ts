import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiExchange } from '../../exchange/index.ts';
import { compileSelection } from './selection.ts';

test('a stage variable is one that the stage has, whatever every object has', () => {
  const call = { entry: { stage: { variables: { constructed: 'yes' } } } } as unknown as ApiExchange;
  const value = (text: string): string | null => compileSelection(text).value({ call, body: null, response: null });
  assert.deepEqual([value('$stageVariables.constructed'), value('$stageVariables.constructor'), value('${stageVariables.toString}!')], ['yes', null, '!']);
});
