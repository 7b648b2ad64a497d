import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { OPEN_FILES, PROXY_CORE, Running, which } from '../process.ts';
import { answers, speaksTls } from '../load/probe.ts';
import type { Contender, Job, Mode } from './contender.ts';

export function haproxyVersion(): string | null {
  const program = which('haproxy');
  return program === null ? null : (/version (\S+)/.exec(spawnSync(program, ['-v']).stdout.toString())?.[1] ?? null);
}

export function haproxy(mode: Exclude<Mode, 'http-with-access-log'>): Contender {
  return {
    label: 'haproxy',
    program: 'haproxy',
    version: haproxyVersion(),
    async start(job) {
      const file = `${job.folder}/haproxy.cfg`;
      await writeFile(file, configuration(mode, job));
      const running = new Running({ command: [which('haproxy')!, '-db', '-f', file], core: PROXY_CORE });
      await running.ready(() => mode === 'grpc' ? speaksTls(job.port) : answers(job.port, mode === 'tls'));
      return { running, host: null };
    },
  };
}

export function configuration(mode: Mode, job: Job): string {
  const bind = mode === 'tls' || mode === 'grpc' ? `bind 127.0.0.1:${job.port} ssl crt ${job.certificate.bundle} ssl-min-ver TLSv1.2 alpn h2,http/1.1` : `bind 127.0.0.1:${job.port} backlog 4096`;
  // HAProxy wants two files for each, and strictly; idle ones that are kept alive have one
  const connections = Math.min(25_000, OPEN_FILES - 600);
  const action = mode === 'fixed' ? 'http-request return status 200 content-type text/plain string fixed' : 'default_backend backend';
  return `
global
  nbthread 1
  maxconn ${connections}
  no strict-limits
  tune.ssl.cachesize 20000
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  timeout http-keep-alive 300s
  http-reuse always
frontend front
  ${bind}
  maxconn ${connections}
  ${action}
${mode === 'fixed' ? '' : `backend backend\n  server one 127.0.0.1:${mode === 'grpc' ? `${job.grpcPort} proto h2` : job.backendPort} pool-max-conn 256`}
`;
}
