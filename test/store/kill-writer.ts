/** The child of kill.test.ts: commits in a loop, and says each commit on stdout once it has been acknowledged. Ends only by being killed. */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/kernel/index.ts';
import type { Kind } from '../../src/control-plane/resources/index.ts';
import { sqliteStore, type Transaction } from '../../src/control-plane/store/index.ts';

const KIND = 'elbv2/rule' as Kind;
const store = sqliteStore({ path: process.argv[2]!, clock: systemClock });

function put(tx: Transaction, id: string, number: number): void {
  tx.put(KIND, { id, account: '000000000000', region: 'us-east-1', parent: null, createdAt: number, padding: 'x'.repeat(200) } as never);
}

async function write(lane: number): Promise<void> {
  for (let number = 1; ; number++) {
    // Two rows a commit: half a transaction would show as a difference between them.
    await store.transact((tx) => {
      put(tx, `left-${lane}`, number);
      put(tx, `right-${lane}`, number);
    });
    writeSync(1, `${lane} ${number}\n`);
  }
}

writeSync(1, 'open\n');
await Promise.all([write(0), write(1), write(2)]);
