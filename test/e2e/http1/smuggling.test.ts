/** What desync mitigation lets pass, whatever the mode, is one request to the target: the one that hides behind it never is. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { RawClient } from './client.ts';
import { MALFORMED, type MalformedCase } from './malformed.table.ts';
import { listening, Stage } from './stage.ts';

const AT_A_TIME = 50;
/** For those that wait for more, which never comes. */
const MOST_MS = 300;

for (const mode of ['monitor', 'defensive'] as const) {
  describe(`malformed requests in mode ${mode}`, () => {
    let at: Stage;
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      request.resume().on('end', () => response.end('x'));
    });
    before(async () => {
      at = await Stage.open({ targets: [await listening(server)], http: { desync: mode } });
    });
    after(async () => {
      await at.close();
      server.close();
      server.closeAllConnections();
    });

    it('never lets a request out that is hidden in another', async () => {
      const send = async (entry: MalformedCase): Promise<void> => {
        const client = await RawClient.open(at.port);
        client.send(entry.octets);
        await client.until(() => client.ended, MOST_MS).catch(() => undefined);
        client.close();
      };
      for (let from = 0; from < MALFORMED.length; from += AT_A_TIME) await Promise.all(MALFORMED.slice(from, from + AT_A_TIME).map(send));
      assert.deepEqual(seen.filter((request) => request === 'GET /evil'), []);
      // and it does let out what the mode says: not everything is refused
      assert.ok(seen.length > 100, `${seen.length}`);
    });
  });
}
