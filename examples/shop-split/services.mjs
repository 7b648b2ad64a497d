// The servers behind the balancer: node services.mjs front|orders, on the port in PORT. The orders know tokens by TOKEN_SECRET.
import { createServer } from 'node:http';
import { bearer } from './auth/token.mjs';

const orders = { ann: [{ id: 1, items: ['lantern'] }], ben: [] };
const json = (response, status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const roles = {
  front: (request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>The shop</title><script type="module">
const products = await (await fetch(location.origin.replace('//www.', '//api.') + '/products')).json();
document.body.textContent = products.map(({ name }) => name).join(', ');
</script>`),
  orders(request, response) {
    const name = bearer(request.headers.authorization, process.env.TOKEN_SECRET ?? 'only for trying it out');
    return name === null ? json(response, 401, { error: 'whose orders?' }) : json(response, 200, orders[name] ?? []);
  },
};

const serve = roles[process.argv[2]];
if (serve === undefined) {
  console.error(`node services.mjs ${Object.keys(roles).join('|')}`);
  process.exit(2);
}
const server = createServer((request, response) => (request.url === '/health' ? json(response, 200, { healthy: true }) : serve(request, response)));
// longer than the balancer keeps connections: otherwise one might be closed under a request
server.keepAliveTimeout = 120_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
