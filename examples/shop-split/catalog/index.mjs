// The catalogue: GET /products and GET /products/{id}.
const products = [
  { id: 1, name: 'Lantern', price: 2400 },
  { id: 2, name: 'Turnstile', price: 19900 },
];

export const handler = async ({ pathParameters }) => {
  const id = pathParameters?.id;
  const found = id === undefined ? products : products.find((product) => product.id === Number(id));
  return { statusCode: found ? 200 : 404, headers: { 'x-currency': process.env.CURRENCY }, body: JSON.stringify(found ?? { error: `there is no product ${id}` }) };
};
