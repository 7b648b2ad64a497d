import type { Fault, Reply } from '../../exchange/index.ts';
import { reasonPhrase } from '../../wire/index.ts';

/** ALB's error page for a status, byte for byte (observed: 122 bytes for 502, 162 for 503). */
export function errorPage(status: number): string {
  // the page says what nginx's does, the status line what RFC 9110 does
  const title = status === 401 ? '401 Authorization Required' : `${status} ${reasonPhrase(status) || 'Error'}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
}

/** What a client gets for a fault: a status and a page, never the reason. */
export function errorReply(fault: Fault): Reply {
  return { status: fault.status, reason: null, headers: 'Content-Type: text/html\r\n', body: errorPage(fault.status) };
}
