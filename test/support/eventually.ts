/** What must happen is waited for so long: a machine may be slow, busy, or stand still for a while. It costs nothing where all is well. */
const PATIENCE_MS = 60_000;

/** Waits until `check` holds; fails loudly if it does not within `ms`. */
export async function eventually(what: string, check: () => boolean | Promise<boolean>, ms = PATIENCE_MS): Promise<void> {
  const end = performance.now() + ms;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Lets the event loop turn for `ms`, ten milliseconds and a turn at a time. One timer of as much may go off, where the process has stood still,
 * before anything that lies in a socket has been read.
 */
export async function pause(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) await new Promise((resolve) => setTimeout(resolve, Math.min(10, ms - passed)));
}
