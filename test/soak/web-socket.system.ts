/** Clients that come, talk, are written to and go, while the configuration changes: nothing is lost, nothing is kept. `TURNPIKE_LONG=1`: ten minutes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { SocketInstallation } from '../conformance/apigatewayv2/web-socket-api.ts';

const SECONDS = process.env['TURNPIKE_LONG'] === '1' ? 600 : 15;
const CLIENTS = 20;
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

test(`${SECONDS} seconds of WebSocket clients that come and go`, { timeout: (SECONDS + 120) * 1000 }, async (t) => {
  await using at = await SocketInstallation.open({ limits: 'websocket-connections-per-second=100000,api-requests-per-second=1000000,api-request-burst=1000000' });
  const api = await at.api();
  const echo = await at.lambda(api, await at.apis.function('exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify({ id: event.requestContext.connectionId, said: event.body }) });'));
  for (const key of ['$connect', '$disconnect']) await at.route(api, key, echo);
  await at.route(api, '$default', echo, { responds: true });
  const management = at.management();
  const until = performance.now() + SECONDS * 1000;
  let rounds = 0;
  let messages = 0;
  const talk = async (number: number): Promise<void> => {
    while (performance.now() < until) {
      const client = await at.connect(api);
      for (let i = 0; i < 5; i++) {
        const said = `${number} says ${i} ${'x'.repeat((number * 997 + i * 131) % 20_000)}`;
        const answer = JSON.parse(await client.ask(said)) as { readonly id: string; readonly said: string };
        assert.equal(answer.said, said);
        await management.send(new PostToConnectionCommand({ ConnectionId: answer.id, Data: Buffer.from(said) }));
        assert.equal(await client.text(), said);
        messages += 2;
      }
      if (rounds++ % 2 === 0) client.socket.terminate();
      else client.socket.close();
      await client.end();
    }
  };
  const change = async (): Promise<void> => {
    for (let i = 0; performance.now() < until; i++) {
      await at.v2('UpdateStage', { ApiId: api.id, StageName: 'prod', StageVariables: { round: String(i) } });
      await pause(200);
    }
  };
  await Promise.all([change(), ...Array.from({ length: CLIENTS }, (_, number) => talk(number))]);
  t.diagnostic(`${rounds} connections, ${messages} messages each way`);
  assert.ok(rounds > CLIENTS);
  assert.deepEqual(at.apis.inside.errors, []);
});
