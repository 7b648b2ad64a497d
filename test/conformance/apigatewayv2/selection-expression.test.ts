import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSelectionExpression } from '../../../src/control-plane/resources/apigatewayv2/selection-expression.ts';
import { selectRoute } from '../../../src/data-plane/targets/websocket/select-route.ts';

function keyOf(expression: string, message: string): string | null {
  const parsed = parseSelectionExpression(expression);
  assert(parsed.kind === 'parts', parsed.kind === 'wrong' ? parsed.why : '');
  return selectRoute(parsed.parts, message);
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html#apigateway-websocket-api-route-selection-expressions */
test('the examples of the documentation', () => {
  const message = JSON.stringify({ service: 'chat', action: 'join', data: { room: 'room1234' } });
  const cases: readonly (readonly [string, string])[] = [
    ['$request.body.action', 'join'], ['${request.body.action}', 'join'], ['${request.body.service}/${request.body.action}', 'chat/join'],
    // the page's table says "join" here, its rule (a variable that is not found is "") says this
    ['${request.body.action}-${request.body.invalidPath}', 'join-'], ['action', 'action'], ['\\$default', '$default'], ['$request.body.data.room', 'room1234'],
  ];
  for (const [expression, key] of cases) assert.equal(keyOf(expression, message), key, expression);
});

test('a message that is not JSON cannot be evaluated, static expressions do not look at it', () => {
  assert.equal(keyOf('$request.body.action', 'hello'), null);
  assert.equal(keyOf('$request.body.action', '"hello"'), '');
  assert.equal(keyOf('static', 'hello'), 'static');
});

test('paths: names, indexes, slices, wildcards, everything below; results are strings', () => {
  const message = JSON.stringify({ a: { 'b c': [10, 20, { d: 'x' }] }, 'é': true, n: null, f: 1.5, list: ['item1', 'item2'], o: { k: 1, l: null } });
  const cases: readonly (readonly [string, string])[] = [
    ["$request.body.a['b c'][0]", '10'], ['$request.body["a"]["b c"][-2]', '20'], ["${request.body.a['b c'][2].d}!", 'x!'], ['$request.body.é', 'true'],
    ['$request.body.n', ''], ['$request.body.f', '1.5'], ['$request.body.list', '[item1, item2]'], ['$request.body.list[*]', '[item1, item2]'], ['$request.body.list[1:]', '[item2]'],
    ['$request.body.list[0,1]', '[item1, item2]'], ['$request.body..d', '[x]'], ["$request.body['f','é']", '[1.5, true]'], ['$request.body.o', '{k=1, l=null}'],
    ['$request.body.list.length', ''], ['$request.body.a.__proto__', ''], ['$request.body.list[7]', ''],
  ];
  for (const [expression, key] of cases) assert.equal(keyOf(expression, message), key, expression);
});

test('what cannot be evaluated is refused when it is written', () => {
  for (const expression of ['$context.routeKey', '$request.header.x', '${request.body.a', "$request.body['a", '$request.body[?(@.a)]', '$request.body..', '$', 'x'.repeat(1025)]) {
    assert.equal(parseSelectionExpression(expression).kind, 'wrong', expression);
  }
});
