// Authentication: POST /session gives a token for a name and a password, GET /session says whose the token is.
import { issued } from './token.mjs';

const passwords = { ann: 'lantern', ben: 'turnstile' };

export const handler = async ({ routeKey, body, isBase64Encoded, requestContext }) => {
  if (routeKey === 'GET /session') return { name: requestContext.authorizer.lambda.name };
  // API Gateway encodes what is not said to be text: curl -d alone says it is a form
  const { name, password } = JSON.parse(Buffer.from(body ?? '{}', isBase64Encoded ? 'base64' : 'utf8'));
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) return { statusCode: 403, body: JSON.stringify({ error: 'wrong name or password' }) };
  return { token: issued(name, process.env.TOKEN_SECRET) };
};
