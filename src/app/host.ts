import { createServer, type AddressInfo } from 'node:net';
import type { CliHost, RunningServer, ServerOptions } from '../cli/index.ts';
import { systemClock } from '../kernel/index.ts';
import type { DataThreads } from './data-threads.ts';
import { Foundation } from './foundation.ts';
import { readSettings, settingKeys, type SettingKey } from './settings.ts';
import type { System, SystemHooks } from './system.ts';
import { VERSION } from './version.ts';

/** What the command line gets of this process. */
export function processHost(threads: DataThreads): CliHost {
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  return {
    version: VERSION,
    cwd: process.cwd(),
    clock: systemClock,
    variables: process.env,
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    interrupted,
    freePort,
    startServer: (options) => startServer(options, threads),
    async serve(options, json) {
      const server = await startServer(options, threads);
      if (json) console.log(JSON.stringify({ event: 'ready', endpoint: server.endpoint, pid: process.pid }));
      await interrupted;
      await server.stop();
      return 0;
    },
  };
}

async function startServer(options: ServerOptions, threads: DataThreads): Promise<RunningServer> {
  const given: Partial<Record<SettingKey, string>> = {};
  for (const key of settingKeys) if (options[key] !== undefined) given[key] = options[key];
  const settings = readSettings(given, process.env);
  const hooks = terminal(process.env['TURNPIKE_LOG'] === 'calls');
  const foundation = await Foundation.lay({ settings, threads, onError: hooks.onError });
  // two thirds of the program, which traffic does not wait for
  const { System } = await import('./system.ts');
  const system = await System.start(foundation, hooks);
  process.stderr.write(greeting(system));
  return { endpoint: system.endpointUrl, stop: () => system.stop() };
}

/** What is told to whoever started it, on standard error. */
function terminal(calls: boolean): SystemHooks {
  return {
    onCall(record) {
      if (record.cause !== null) console.error(`${record.service ?? '?'} ${record.operation ?? '?'} failed inside (request ${record.requestId}):`, record.cause);
      else if (calls) console.error(`${record.service ?? '?'} ${record.operation ?? '?'} ${record.status}${record.code === null ? '' : ` ${record.code}: ${record.message ?? ''}`} ${record.durationMs.toFixed(1)} ms`);
    },
    onError: (error) => console.error(error.message, error.cause ?? ''),
    onFunctionLog({ functionArn, lines }) {
      const name = functionArn.split(':').slice(6).join(':');
      process.stderr.write(lines.map(({ message }) => `[${name}] ${message}`).join(''));
    },
  };
}

function greeting(system: System): string {
  const { settings } = system;
  const trust = system.verifies ? 'AWS signatures are verified' : 'any AWS credentials are accepted: it listens on loopback only';
  return `Turnpike ${VERSION}: ${system.endpointUrl}, data in ${settings.dataFolder}, ${settings.workers} data-plane ${settings.workers === 1 ? 'thread' : 'threads'}; ${trust}.\n` +
    (system.portOffset === 0 ? '' : `Ports below 1024 are served ${system.portOffset} higher (80 is ${80 + system.portOffset}): this process may not bind them.\n`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: '127.0.0.1', port: 0 }, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
