import type { OidcPolicy } from '../../../snapshot/index.ts';
import type { Reason } from './reason.ts';
import type { Session } from './session.ts';

export type Renewal = { readonly kind: 'session'; readonly session: Session; readonly setCookie: string } | { readonly kind: 'failed'; readonly reason: Reason };

/** Told once. `first`: of all who wait for it, the one that it is made for; it counts as one refresh. */
export type RenewalDone = (renewal: Renewal, first: boolean) => void;

/** A session whose access token has expired, as one worker hands it to another. */
export interface RenewalRequest {
  readonly policy: OidcPolicy;
  /** The cookie that holds it. */
  readonly text: string;
  readonly session: Session;
}

/** Which worker renews a session: the same one for all, since a provider may take a refresh token once only (RFC 9700 section 4.14.2, rotation). */
export interface RenewalDesk {
  /** False: it is our own to renew. Otherwise `done` is called later, with null where the worker that should renew it says nothing. */
  ask(request: RenewalRequest, done: (renewal: Renewal | null, first: boolean) => void): boolean;
}

/** Where there is one worker, or none that others could reach. */
export const OWN_DESK: RenewalDesk = { ask: () => false };
