import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { PROXY_CORE, Running, which } from '../process.ts';
import { answers } from '../load/probe.ts';
import type { Contender, Job, Mode } from './contender.ts';

function version(): string | null {
  const program = which('caddy');
  return program === null ? null : spawnSync(program, ['version']).stdout.toString().trim().split(' ')[0]!;
}

export function caddy(mode: Exclude<Mode, 'http-with-access-log'>): Contender {
  return {
    label: 'caddy',
    program: 'caddy',
    version: version(),
    async start(job) {
      const file = `${job.folder}/Caddyfile`;
      await writeFile(file, configuration(mode, job));
      const running = new Running({
        command: [which('caddy')!, 'run', '--config', file, '--adapter', 'caddyfile'],
        core: PROXY_CORE,
        env: { GOMAXPROCS: '1', XDG_CONFIG_HOME: job.folder, XDG_DATA_HOME: job.folder, HOME: job.folder },
      });
      await running.ready(() => answers(job.port, mode === 'tls'));
      return { running, host: null };
    },
  };
}

function configuration(mode: Mode, job: Job): string {
  const tls = mode === 'tls' ? `tls ${job.certificate.certificate} ${job.certificate.key}` : '';
  const action = mode === 'fixed' ? 'respond "fixed" 200' : `reverse_proxy 127.0.0.1:${job.backendPort} {\n transport http {\n keepalive_idle_conns 256\n keepalive_idle_conns_per_host 256\n }\n }`;
  return `{
  admin off
  auto_https off
  log {
    output discard
  }
}
${mode === 'tls' ? 'https' : 'http'}://:${job.port} {
  bind 127.0.0.1
  ${tls}
  ${action}
}
`;
}
