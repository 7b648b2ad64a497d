import { flat } from '../../../kernel/index.ts';
import type { ApiExchange, Exchange } from '../../exchange/index.ts';

/**
 * The lines by which API Gateway says that it was in between (seen of the service): the address that was reached, the client's, and the API's name. Made once
 * a connection, whose requests mostly name one authority.
 */
export function forwardedLines(call: ApiExchange): string {
  const { downstream, authority } = call;
  if (downstream.forwardedFor !== authority) {
    downstream.forwardedFor = authority;
    downstream.forwarded = flat(`Forwarded: by=${node(downstream.localAddress)};for=${node(downstream.remoteAddress)};host=${authority};proto=${schemeOf(call)}\r\nVia: HTTP/1.1 AmazonAPIGateway\r\n`);
  }
  return downstream.forwarded;
}

export function schemeOf({ downstream }: Exchange): 'http' | 'https' {
  return downstream.tls === null ? 'http' : 'https';
}

/** RFC 7239 section 6: an IPv6 address stands in brackets and quotes. */
function node(address: string): string {
  return address.includes(':') ? `"[${address}]"` : address;
}
