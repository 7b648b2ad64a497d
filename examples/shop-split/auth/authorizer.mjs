// Asked by API Gateway before GET /session, once a minute for each token.
import { bearer } from './token.mjs';

export const handler = async ({ identitySource }) => {
  const name = bearer(identitySource[0], process.env.TOKEN_SECRET);
  return name === null ? { isAuthorized: false } : { isAuthorized: true, context: { name } };
};
