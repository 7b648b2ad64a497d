import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import type { Renewal, RenewalRequest } from '../../data-plane/policies/index.ts';
import { FakeClock } from '../../kernel/index.ts';
import { RenewalChannel } from './renewal-channel.ts';

const request = (text: string): RenewalRequest => ({
  text,
  policy: {
    signer: '', issuer: '', authorizationEndpoint: '', tokenEndpoint: '', userInfoEndpoint: '', clientId: '', clientSecret: '', cookieName: '', scope: '', sessionTimeoutSeconds: 1, extraParameters: {}, onUnauthenticated: 'deny',
  },
  session: { login: '', subject: 'jane', claims: {}, accessToken: '', refreshToken: text, accessUntil: 0, since: 0 },
});

/** Three workers; what each was asked to renew. */
function workers(t: { after(run: () => void): void }) {
  const clock = new FakeClock();
  const renewed: { readonly by: number; readonly text: string }[] = [];
  const channels = [0, 1, 2].map((index) => new RenewalChannel({
    index, workers: 3, clock,
    renew: ({ text }, done) => {
      renewed.push({ by: index, text });
      queueMicrotask(() => done({ kind: 'failed', reason: 'AuthInvalidGrantError' }, true));
      return null;
    },
  }));
  t.after(() => channels.forEach((channel) => channel.close()));
  return { clock, renewed, channels };
}

const asked = (channel: RenewalChannel, text: string) => {
  let told: (renewal: Renewal | null) => void;
  const answer = new Promise<Renewal | null>((resolve) => (told = resolve));
  return { elsewhere: channel.ask(request(text), (renewal) => told(renewal)), answer };
};

test('a session is renewed by one worker, whoever asks', async (t) => {
  const { channels, renewed } = workers(t);
  const asks = channels.map((channel) => asked(channel, 'cookie'));
  assert.equal(asks.filter(({ elsewhere }) => elsewhere).length, 2);
  const own = asks.findIndex(({ elsewhere }) => !elsewhere);
  for (const [index, { answer }] of asks.entries()) if (index !== own) assert.deepEqual(await answer, { kind: 'failed', reason: 'AuthInvalidGrantError' });
  assert.deepEqual(renewed, [{ by: own, text: 'cookie' }, { by: own, text: 'cookie' }]);
});

test('a worker that is not there is not waited for', async (t) => {
  const { clock, channels } = workers(t);
  const own = channels.findIndex((channel) => !channel.ask(request('cookie'), () => {}));
  channels[own]!.close();
  const { answer } = asked(channels[(own + 1) % 3]!, 'cookie');
  await pause(20);
  clock.advance(500);
  assert.equal(await answer, null);
});
