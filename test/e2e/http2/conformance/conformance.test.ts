/**
 * What an independent conformance suite asks of a server (RFC 9113 and RFC 7541, section by section), judged as such a suite judges: by what it hears.
 * Each case is run over TLS and in cleartext, before targets that read their request first or answer it at once and before an
 * answer of our own, with all its frames at once and with time between them.
 */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../../support/free-port.ts';
import { listening, Stage, type Scene } from '../../http1/stage.ts';
import { TestAuthority } from '../../tls/authority.ts';
import { FORWARD, TlsStage } from '../../tls/stage.ts';
import { RawHttp2 } from '../raw.ts';
import { CASES } from './cases.ts';
import { failures, type Place } from './judge.ts';

/** Long enough that what was sent before has been answered. */
const PAUSE_MS = 8;
const BODY = 'hello, world';

describe('conformance of HTTP/2', { concurrency: 8 }, () => {
  const places: Place[] = [];
  const open: { close: () => unknown }[] = [];

  async function target(handler: RequestListener): Promise<number> {
    const server = createServer(handler);
    open.push({ close: () => {
      server.closeAllConnections();
      server.close();
    } });
    return listening(server);
  }

  before(async () => {
    const patient = await target((request, response) => void request.resume().on('end', () => response.end(BODY)));
    const hasty = await target((_request, response) => void response.end(BODY));
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    const secure = await TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD } }, targets: [patient] }, { port: await freePort() },
    );
    open.push(secure);
    places.push({ name: 'TLS', port: secure.port, cleartext: false, pauseMs: 0 });
    const scenes: Readonly<Record<string, Scene>> = {
      'a target that reads first': { targets: [patient] },
      'a target that answers at once': { targets: [hasty] },
      'an answer of our own': { targets: [], action: { kind: 'fixed-response', status: 200, contentType: null, body: BODY } },
    };
    for (const [name, scene] of Object.entries(scenes)) {
      const { port } = await Stage.open(scene, { priorKnowledge: true }).then((stage) => (open.push(stage), stage));
      places.push({ name, port, cleartext: true, pauseMs: 0 }, { name: `${name}, slowly`, port, cleartext: true, pauseMs: PAUSE_MS });
    }
  });

  after(async () => {
    for (const each of open) await each.close();
  });

  for (const each of CASES) {
    it(`${each.section} ${each.what}`, async () => {
      assert.deepEqual((await Promise.all(places.map((place) => failures(each, place)))).flat(), []);
    });
  }

  it('serves on', async () => {
    for (const { port, cleartext } of places) {
      const client = await RawHttp2.open(port, { cleartext });
      await client.ping();
      client.close();
    }
  });
});
