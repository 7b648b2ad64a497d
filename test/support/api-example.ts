import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { quietOffset } from './quiet-offset.ts';
import { ROOT, startTurnpike, type RunningTurnpike } from './turnpike.ts';

export interface ExampleAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `turnpike up examples/NAME`, on ports of its own, asked as its README does. */
export class ApiExample {
  readonly url: URL;
  readonly outputs: Readonly<Record<string, string>>;
  readonly #turnpike: RunningTurnpike;
  readonly #folder: string;
  readonly #root: string;

  private constructor(made: { readonly turnpike: RunningTurnpike; readonly folder: string; readonly outputs: Readonly<Record<string, string>>; readonly root: string }) {
    this.#turnpike = made.turnpike;
    this.#folder = made.folder;
    this.outputs = made.outputs;
    this.url = new URL(made.outputs['Url']!);
    this.#root = made.root;
  }

  /** `ports`: parameters of the template that each get a free port. */
  static async up(name: string, ports: readonly string[] = []): Promise<ApiExample> {
    const folder = mkdtempSync(join(tmpdir(), `turnpike-${name}-`));
    const parameters = await Promise.all(ports.map(async (parameter) => ['-p', `${parameter}=${await freePort()}`]));
    const turnpike = await startTurnpike({
      dataFolder: folder,
      command: ['up', join(ROOT, 'examples', name), ...parameters.flat()],
      options: ['--workers', '1', '--drain-seconds', '0', '--port-offset', String(await quietOffset())],
    });
    const applied = (await turnpike.line('applied')) as { outcome: string; failure: string | null; stack: { outputs: { name: string; value: string }[] }; diagnostics: unknown[] };
    assert.equal(applied.outcome, 'created', applied.failure ?? '');
    assert.deepEqual(applied.diagnostics, []);
    const root = await (await fetch(`${turnpike.endpoint}/_admin/ca.pem`)).text();
    return new ApiExample({ turnpike, folder, outputs: Object.fromEntries(applied.stack.outputs.map(({ name: key, value }) => [key, value])), root });
  }

  /** Over TLS with only the local authority trusted, by the API's own name. */
  ask(path: string, more: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {}): Promise<ExampleAnswer> {
    const { url } = this;
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: url.port, servername: url.hostname, path, method: more.method ?? 'GET', ca: this.#root, headers: { host: url.host, ...more.headers } },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => void parts.push(part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }));
        },
      );
      sent.on('error', reject);
      sent.end(more.body);
    });
  }

  /** Lines of a log group, when there are so many. */
  async log(group: string, count: number): Promise<readonly string[]> {
    const deadline = performance.now() + 5_000;
    for (;;) {
      const answer = await fetch(this.#turnpike.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.FilterLogEvents', authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0' },
        body: JSON.stringify({ logGroupName: group }),
      });
      const { events = [] } = (await answer.json()) as { events?: { message: string }[] };
      if (events.length >= count) return events.map(({ message }) => message);
      assert.ok(performance.now() < deadline, `${events.length} of ${count} lines`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    await this.#turnpike.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
