import type { Policy, PolicyByKind } from '../../snapshot/index.ts';

/**
 * The order in which policies run on a request, and why: the one place where it is written. A kind that is added to `PolicyByKind` does not
 * type-check until it has a place here, and places are compared by number, so a new kind fits between two old ones without moving them.
 */
const PLACES: { readonly [K in keyof PolicyByKind]: Place } = {
  jwt: { at: 300, because: 'who calls is known before anything is counted, cached or changed in the caller\'s name' },
  oidc: { at: 310, because: 'a token that no key has signed is refused before anybody is sent to log in' },
  transform: { at: 900, because: 'what decides access must see the request as the client sent it; only the target gets another' },
};

interface Place {
  /** Smaller runs earlier. */
  readonly at: number;
  readonly because: string;
}

/** The policies of a route in the order in which they run. Policies of one kind keep the order in which they were configured. */
export function inOrder(policies: readonly Policy[]): readonly Policy[] {
  return byPlace(policies, PLACES);
}

/** `inOrder` over any table: what is tested, since the table may be empty. */
export function byPlace<P extends { readonly kind: string }>(policies: readonly P[], places: Readonly<Record<string, Place>>): readonly P[] {
  return policies.toSorted((a, b) => placeOf(a, places).at - placeOf(b, places).at);
}

function placeOf(policy: { readonly kind: string }, places: Readonly<Record<string, Place>>): Place {
  const place = places[policy.kind];
  // Only data that did not come through the type checker gets here.
  if (!place) throw new Error(`Policy kind ${policy.kind} has no place in the order of steps`);
  return place;
}
