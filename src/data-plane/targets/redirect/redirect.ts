import type { Action } from '../../../snapshot/index.ts';
import type { Exchange, Target } from '../../exchange/index.ts';
import { reasonPhrase } from '../../wire/index.ts';
import { Template } from './template.ts';

export type RedirectAction = Extract<Action, { kind: 'redirect' }>;

/**
 * Sends the client elsewhere. `Location` is always absolute and always names the port, also 80 and 443 (observed: `https://example.com:443/`); the
 * query is there when it is not empty. The page is ALB's, 134 bytes for a 301 and 110 for a 302 (observed).
 */
export function linkRedirect(action: RedirectAction): Target {
  const { status, protocol, host, port, path, query } = action.redirect;
  const base = new Template(`${protocol === '#{protocol}' ? protocol : protocol.toLowerCase()}://${host}:${port}${path}`);
  const parameters = new Template(query);
  const title = `${status} ${reasonPhrase(status)}`;
  const body = Buffer.from(`<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`);
  return {
    word: 'redirect',
    serve(exchange: Exchange): void {
      const asked = parameters.fill(exchange);
      const url = asked === '' ? base.fill(exchange) : `${base.fill(exchange)}?${asked}`;
      exchange.redirectUrl = url;
      exchange.reply({ status, reason: null, headers: `Content-Type: text/html\r\nLocation: ${url}\r\n`, body });
    },
  };
}
