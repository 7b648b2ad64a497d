// Orders, as a function behind the balancer: takes the balancer's event, gives its response.
export const handler = async (event) => {
  console.log(`${event.httpMethod} ${event.path}`);
  const answer = (statusCode, body) => ({ statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ shop: process.env.SHOP, ...body }) });
  if (event.httpMethod === 'POST') {
    const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
    try {
      return answer(201, { placed: JSON.parse(text) });
    } catch {
      return answer(400, { error: 'the body is no JSON' });
    }
  }
  const id = /^\/orders\/(\d+)$/.exec(event.path)?.[1];
  return id === undefined ? answer(200, { orders: [1, 2] }) : answer(200, { id: Number(id), items: [1, 3] });
};
