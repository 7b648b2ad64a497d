// A catalogue over HTTP, in the version that is named: node services.mjs catalog|catalog-next, on the port in PORT.
import { createServer } from 'node:http';

const products = [
  { id: 1, name: 'Lantern', price: 2400 },
  { id: 2, name: 'Turnstile', price: 19900 },
  { id: 3, name: 'Ticket roll', price: 300 },
];

const version = process.argv[2] ?? 'catalog';
const answers = {
  // The next version knows currencies.
  catalog: (product) => product,
  'catalog-next': (product) => ({ ...product, currency: 'EUR' }),
};
const shape = answers[version];
if (shape === undefined) {
  console.error(`There is no version "${version}": ${Object.keys(answers).join(', ')}.`);
  process.exit(2);
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://catalog');
  const one = /^\/products\/(\d+)$/.exec(pathname);
  const found = pathname === '/products' ? products.map(shape) : one && products.filter(({ id }) => id === Number(one[1])).map(shape)[0];
  const body = pathname === '/health' ? { healthy: true } : found;
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json', 'x-version': version });
  response.end(JSON.stringify(body ?? { error: 'there is no such product' }) + '\n');
});
// Longer than the balancer keeps connections: otherwise one might be closed under a request.
server.keepAliveTimeout = 120_000;
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`${version} listens on ${server.address().port}`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
