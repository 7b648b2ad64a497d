import type { Call } from '../../../aws/index.ts';

/** The API and the stage that an address of the management API names; nulls where it names none, as the control endpoint's own does. */
export interface ManagementAddress {
  readonly apiId: string | null;
  readonly stage: string | null;
}

const HOST = /^([a-z0-9]{10})\.execute-api\./;
/** The control endpoint's form, for clients that cannot resolve the API's own name; the same that other emulators use. */
const LOCAL = /^\/_aws\/execute-api\/([a-z0-9]{10})(?:\/([^/]+))?\/?$/;

/**
 * `https://API.execute-api.REGION.SUFFIX/STAGE/@connections/ID`, or `http://ENDPOINT/_aws/execute-api/API/STAGE/@connections/ID`. At the control endpoint
 * without either, whatever stands in front is not looked at: connection ids are unique in the account.
 */
export function managementAddress({ host, prefix = '' }: Pick<Call, 'host' | 'prefix'>): ManagementAddress {
  const local = LOCAL.exec(prefix);
  if (local) return { apiId: local[1]!, stage: local[2] === undefined ? null : decoded(local[2]) };
  const named = HOST.exec(host.toLowerCase());
  if (!named) return { apiId: null, stage: null };
  const segment = prefix.split('/')[1] ?? '';
  return { apiId: named[1]!, stage: segment === '' ? null : decoded(segment) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
