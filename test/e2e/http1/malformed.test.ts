import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { MALFORMED } from './malformed.table.ts';
import { checkMalformed, type Witness } from './malformed.ts';
import { listening, Stage } from './stage.ts';

describe('malformed and ambiguous requests, before node:http', () => {
  let seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (part: string) => (body += part));
    // an aborted body never ends
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      response.end(`${request.method} ${request.url}\n`);
    });
  });
  let at: Stage;
  let witness: Witness;
  before(async () => {
    const port = await listening(server);
    at = await Stage.open({ targets: [port], http: { desync: 'strictest' } });
    witness = {
      kind: 'node', port,
      seen: async (sentinel) => {
        const all = seen;
        seen = [];
        assert.equal(all.pop(), sentinel);
        return all;
      },
    };
  });
  after(async () => {
    await at.close();
    server.close();
    server.closeAllConnections();
  });

  it('are enough, and none twice', () => {
    assert.ok(MALFORMED.length >= 150, `${MALFORMED.length}`);
    const octets = MALFORMED.map((entry) => entry.octets);
    assert.deepEqual(MALFORMED.filter((entry, i) => octets.indexOf(entry.octets) !== i).map(({ name }) => name), []);
    const names = MALFORMED.map(({ name }) => name);
    assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
  });

  for (const entry of MALFORMED) it(`${entry.name}: ${entry.answers.join(', ')}`, () => checkMalformed(entry, at, witness));
});
