import { AdminError, type AdminRequest } from './request.ts';

/**
 * Keeps web pages away from an endpoint that trusts its own machine: a page that any site serves may send requests to loopback. Such a page
 * can neither send JSON without the browser asking first, nor hide its origin, nor (by pointing a name of its own here) use a host that is ours.
 */
export function refuseForeignPages(request: AdminRequest, ownHosts: readonly string[]): void {
  const host = hostOf(request.headers['host'] ?? '');
  if (!isLocalName(host) && !ownHosts.includes(host)) {
    throw new AdminError(403, 'ForeignHost', { message: `The host ${host || '(none)'} is not one of this installation's: use its address, localhost, or ${ownHosts.join(', ') || 'the configured endpoint'}.` });
  }
  const origin = request.headers['origin'];
  if (origin !== undefined && origin !== `http://${request.headers['host']}` && origin !== `https://${request.headers['host']}`) {
    throw new AdminError(403, 'ForeignOrigin', { message: `A page of ${origin} may not use this endpoint.` });
  }
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (!(request.headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) {
    throw new AdminError(415, 'JsonOnly', { message: 'Requests that change something need the header content-type: application/json.' });
  }
}

function hostOf(field: string): string {
  return field.toLowerCase().replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

/** Addresses cannot be pointed elsewhere, and the names under localhost are this machine's by RFC 6761 section 6.3. */
function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || /^[0-9a-f:]*:[0-9a-f:.]*$/.test(host);
}
