// Two services and an identity provider that trusts everybody: node services.mjs catalog|orders|issuer, on the port in PORT.
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

const role = process.argv[2];
const port = Number(process.env.PORT);
const json = (response, body, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const issuer = `http://127.0.0.1:${port}`;
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(scope) {
  const signed = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part({ iss: issuer, aud: 'chain', sub: 'ann', scope, exp: Math.floor(Date.now() / 1000) + 300 })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

const roles = {
  catalog: ({ url }, response) => json(response, { service: 'catalog', url }),
  orders: ({ url, headers }, response) => json(response, { service: 'orders', url, caller: headers['x-caller'] ?? null }),
  issuer: ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, issuer);
    if (pathname === '/.well-known/openid-configuration') return json(response, { issuer, jwks_uri: `${issuer}/keys` });
    if (pathname === '/keys') return json(response, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] });
    if (pathname === '/token') return response.end(token(searchParams.get('scope') ?? ''));
    return json(response, { error: 'nothing here' }, 404);
  },
};
if (!roles[role]) {
  console.error(`There is no "${role}": ${Object.keys(roles).join(', ')}.`);
  process.exit(2);
}
createServer(roles[role]).listen(port, '127.0.0.1');
