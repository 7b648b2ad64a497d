// Orders behind a balancer: GET /orders lists them, GET /orders/ID gives one.
const orders = new Map([
  ['1', { id: 1, items: ['lantern'] }],
  ['2', { id: 2, items: ['turnstile', 'ticket roll'] }],
]);

export const handler = async (event) => {
  const id = /^\/orders\/([^/]+)$/.exec(event.path)?.[1];
  const found = id === undefined ? [...orders.values()] : orders.get(id);
  return {
    statusCode: found ? 200 : 404,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(found ?? { error: `there is no order ${id}` }),
  };
};
