import type { Environment } from '../environment.ts';

/** How long an operation waits for what it changed to be in place. */
const LONGEST_MS = 5000;

/**
 * Waits until whoever runs functions has the state of the store, so that `Active` is true when it is said and the next Invoke meets the new code.
 * Answers all the same after five seconds: an installation without a data plane has nobody to wait for.
 */
export async function applied(environment: Environment): Promise<void> {
  const { reports, store } = environment;
  const { revision } = store.world;
  if (reports.servedRevision < revision) await reports.served(revision, LONGEST_MS);
}
