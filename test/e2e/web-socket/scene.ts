import type { Socket } from 'node:net';
import { webSocketAccept } from '../../../src/data-plane/wire/index.ts';
import { eventually } from '../../support/eventually.ts';
import { RawClient } from '../http1/client.ts';
import { perRequest, RawBackend, Stage, type Ended, type Scene, type StageOptions } from '../http1/stage.ts';

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** Of a browser, but for the empty line that ends it: Firefox names both options. */
export const HANDSHAKE = `GET /chat HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n`;
export const SWITCHED = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${webSocketAccept(KEY)}\r\n\r\n`;

/** What a test has opened: closed by `closeScene`. */
export const closing: (() => unknown)[] = [];

export async function closeScene(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export async function stage(scene: Scene, options?: StageOptions): Promise<Stage> {
  const at = await Stage.open(scene, options);
  closing.push(() => at.close());
  return at;
}

export async function backend(script: Parameters<typeof RawBackend.open>[0]): Promise<RawBackend> {
  const at = await RawBackend.open(script);
  closing.push(() => at.close());
  return at;
}

export async function client(at: Stage): Promise<RawClient> {
  const opened = await RawClient.open(at.port);
  closing.push(() => opened.close());
  return opened;
}

/** What was logged, once it has been. */
export async function logged(at: Stage): Promise<Ended> {
  await eventually('the exchange has ended', () => at.ended.length > 0);
  return at.ended.at(-1)!;
}

/** A target that switches and hands its socket to `then`. */
export function switching(then: (socket: Socket) => void): Promise<RawBackend> {
  return backend({
    answer: perRequest((_head, socket) => {
      socket.write(SWITCHED);
      socket.removeAllListeners('data');
      socket.removeAllListeners('end');
      then(socket);
      return null;
    }),
  });
}
