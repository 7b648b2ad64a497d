import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { OPEN_FILES, PROXY_CORE, Running, which } from '../process.ts';
import { answers, speaksTls } from '../load/probe.ts';
import type { Contender, Job, Mode } from './contender.ts';

export function nginxVersion(): string | null {
  const program = which('nginx');
  return program === null ? null : (/nginx\/(\S+)/.exec(spawnSync(program, ['-v']).stderr.toString())?.[1] ?? null);
}

export function nginx(mode: Mode): Contender {
  return {
    label: mode === 'http-with-access-log' ? 'nginx + access log' : 'nginx',
    program: mode === 'http-with-access-log' ? 'nginx with log' : 'nginx',
    version: nginxVersion(),
    async start(job) {
      const file = `${job.folder}/nginx.conf`;
      await writeFile(file, configuration(mode, job));
      const running = new Running({ command: [which('nginx')!, '-p', job.folder, '-e', `${job.folder}/error.log`, '-c', file], core: PROXY_CORE });
      await running.ready(() => mode === 'grpc' ? speaksTls(job.port) : answers(job.port, mode === 'tls'));
      return { running, host: null };
    },
  };
}

// Streaming as the others do: buffering uploads or responses to temporary files would measure the disk, and its 4 KB buffers would
// make bulk a matter of system calls. keepalive_requests: the default of 1000
// would close connections in the middle of a run.
export function configuration(mode: Mode, job: Job): string {
  const log = mode === 'http-with-access-log' ? `access_log ${job.folder}/access.log combined buffer=64k flush=1s;` : 'access_log off;';
  const listen =
    mode === 'tls' || mode === 'grpc'
      ? `listen 127.0.0.1:${job.port} ssl http2; ssl_certificate ${job.certificate.certificate}; ssl_certificate_key ${job.certificate.key};
      ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:bench:16m;`
      : `listen 127.0.0.1:${job.port} reuseport backlog=4096;`;
  const action =
    mode === 'fixed'
      ? `default_type text/plain; return 200 "fixed\\n";`
      : mode === 'grpc' ? `grpc_pass grpc://backend;`
      : `proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection $to_backend; proxy_set_header Upgrade $http_upgrade; proxy_set_header Host $host;
        proxy_max_temp_file_size 0; proxy_request_buffering off; proxy_buffer_size 16k; proxy_buffers 16 32k; proxy_busy_buffers_size 64k;`;
  return `
user root; daemon off; worker_processes 1; pid ${job.folder}/nginx.pid;
events { worker_connections ${OPEN_FILES - 100}; multi_accept on; }
http {
  ${log}
  client_max_body_size 0; keepalive_requests 100000000; keepalive_timeout 300s; server_tokens off;
  client_body_temp_path ${job.folder}/body; proxy_temp_path ${job.folder}/proxy; fastcgi_temp_path ${job.folder}/fastcgi;
  uwsgi_temp_path ${job.folder}/uwsgi; scgi_temp_path ${job.folder}/scgi;
  map $http_upgrade $to_backend { default upgrade; '' ''; }
  upstream backend { server 127.0.0.1:${mode === 'grpc' ? job.grpcPort : job.backendPort}; keepalive 256; keepalive_requests 100000000; }
  server { ${listen}
    location / { ${action} }
  }
}
`;
}
