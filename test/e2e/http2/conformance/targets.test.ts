/**
 * What an independent conformance suite asks of a client, tried on our connections to targets: the suite is the target, over TLS and in cleartext, and judges by what it
 * hears, with all its frames at once and with time between them.
 */
import assert from 'node:assert/strict';
import { connect, type ClientHttp2Session } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../../support/free-port.ts';
import { listening } from '../../http1/stage.ts';
import { TestAuthority } from '../../tls/authority.ts';
import { FORWARD, TlsStage, type TlsScene } from '../../tls/stage.ts';
import { RawHttp2 } from '../raw.ts';
import { play, type Case } from './judge.ts';
import { TARGETS } from './targets.table.ts';

/** Long enough that what was said before has been heard. */
const PAUSE_MS = 8;

describe('conformance of HTTP/2 towards targets', () => {
  let certificate: Awaited<ReturnType<TestAuthority['leaf']>>;
  const places: { readonly name: string; readonly secure: boolean; readonly pauseMs: number; readonly stage: TlsStage; readonly client: ClientHttp2Session }[] = [];

  before(async () => {
    certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    for (const [name, secure, pauseMs] of [['cleartext', false, 0], ['cleartext, slowly', false, PAUSE_MS], ['TLS', true, 0], ['TLS, slowly', true, PAUSE_MS]] as const) {
      const stage = await TlsStage.open(scene(secure, []), { port: await freePort() });
      const client = connect(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false });
      places.push({ name, secure, pauseMs, stage, client });
    }
  });

  after(async () => {
    for (const { stage, client } of places) {
      client.destroy();
      await stage.close();
    }
  });

  function scene(secure: boolean, targets: readonly number[]): TlsScene {
    return { sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD } }, targets, targetProtocol: secure ? 'https' : 'http', targetVersion: 'http2' };
  }

  /** A target of its own for each case: what came of the one before cannot meddle. */
  async function failures({ script }: Case, { name, secure, pauseMs, stage, client }: (typeof places)[number]): Promise<readonly string[]> {
    const { chain, privateKey } = certificate;
    const target: Server = secure ? createTlsServer({ cert: chain, key: privateKey, ALPNProtocols: ['h2'] }) : createServer();
    const connected = new Promise<Socket>((resolve) => {
      target.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
        socket.on('error', () => {});
        // what is asked again, when this is over, finds nobody
        if (target.listening) resolve(socket);
        else socket.destroy();
      });
    });
    await stage.show(scene(secure, [await listening(target)]));
    const over = new Promise((resolve) => client.request({ ':path': '/', ':authority': 'example.com' }).on('error', () => {}).once('close', resolve).resume());
    const suite = await RawHttp2.accept(await connected);
    target.close();
    const wrong = await play(suite, script, pauseMs);
    await over;
    return wrong.map((each) => `${name}: ${each}`);
  }

  for (const each of TARGETS) {
    it(`${each.section} ${each.what}`, async () => {
      assert.deepEqual((await Promise.all(places.map((place) => failures(each, place)))).flat(), []);
    });
  }
});
