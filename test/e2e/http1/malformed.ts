import assert from 'node:assert/strict';
import { parse, RawClient } from './client.ts';
import type { Backend, MalformedCase } from './malformed.table.ts';
import type { Stage } from './stage.ts';

/** A target that keeps a record of the requests that it has seen whole: `METHOD target body`, in order. */
export interface Witness {
  readonly kind: Backend;
  readonly port: number;
  /** What it has seen since it was last asked, once it has seen `sentinel`. */
  seen(sentinel: string): Promise<readonly string[]>;
}

/** A request that a target has taken for a broken one. */
export const REFUSED = 'refused';

let sentinels = 0;

/**
 * Sends a case through `at` and holds both ends against the table: the statuses that the client gets, then the end where one of them is a
 * refusal, and exactly the requests that the target was to see. A last request over the same connections to the target shows that nothing
 * was left behind in them.
 */
export async function checkMalformed(entry: MalformedCase, at: Stage, witness: Witness): Promise<void> {
  const c = await RawClient.open(at.port);
  const heard: number[] = [];
  const { answers, refusedByTarget } = expected(entry, witness.kind);
  try {
    c.send(entry.octets);
    for (const _ of answers) heard.push((await c.answer({ ms: 3_000 })).status);
    assert.deepEqual(heard, answers);
    const final = answers.at(-1)!;
    if (entry.answers.at(-1) === final && final !== 200) await c.end(3_000);
    // nothing is said beyond the answers
    assert.equal(parse(c.heard, { head: false, ended: true }), null, `more was answered: ${c.heard.slice(0, 100)}`);
  } finally {
    c.close();
  }
  const sentinel = `/sentinel-${++sentinels}`;
  const d = await RawClient.open(at.port);
  try {
    d.send(`GET ${sentinel} HTTP/1.1\r\nHost: sentinel\r\n\r\n`);
    const answer = await d.answer({ ms: 3_000 });
    assert.deepEqual([answer.status, answer.body], [200, `GET ${sentinel}\n`], 'the answer to another request came over a kept connection');
  } finally {
    d.close();
  }
  const seen = await witness.seen(`GET ${sentinel} `);
  if (!refusedByTarget) assert.deepEqual(seen, entry.sees);
  else assert.ok(seen.length <= 1 && seen.every((request) => request === REFUSED || entry.sees.includes(request)), JSON.stringify(seen));
}

function expected(entry: MalformedCase, kind: Backend): { readonly answers: readonly number[]; readonly refusedByTarget: boolean } {
  const refusal = entry.targetRefuses?.[kind];
  return refusal === undefined ? { answers: entry.answers, refusedByTarget: false } : { answers: [refusal], refusedByTarget: true };
}
