import { writeFile } from 'node:fs/promises';
import { LOAD_CORE, OPEN_FILES, Running, which } from './process.ts';
import { accepts, answers } from './load/probe.ts';

const KILOBYTE = 'x'.repeat(1024);

/** Where the echo listens that WebSockets are passed on to, while there are any. */
export function echoSocket(folder: string): string {
  return `${folder}/echo.sock`;
}

/** Another target that speaks HTTP/2: it names by their indexes the fields that it has said before, which nginx never does. Null where this machine has no nghttpd. */
export async function startIndexingTarget(folder: string, port: number): Promise<Running | null> {
  const program = which('nghttpd');
  if (program === null) return null;
  await writeFile(`${folder}/1k`, KILOBYTE);
  const running = new Running({ command: [program, '--no-tls', '-d', folder, String(port)], core: LOAD_CORE });
  await running.ready(() => accepts(port));
  return running;
}

/**
 * What every contender proxies to: 1 KB from memory (in one write: head and body apart would double a proxy's work), 1 MB from a file, and
 * whatever is posted is read and answered.
 */
export async function startBackend(folder: string, port: number, grpcPort: number): Promise<Running> {
  await writeFile(`${folder}/1m`, 'x'.repeat(1024 * 1024));
  await writeFile(
    `${folder}/nginx.conf`,
    `
user root; daemon off; worker_processes 1; pid ${folder}/nginx.pid;
events { worker_connections ${OPEN_FILES - 100}; multi_accept on; }
http {
  access_log off; sendfile on; tcp_nopush off; client_max_body_size 0; client_body_buffer_size 1100k; keepalive_requests 100000000; keepalive_timeout 300s;
  open_file_cache max=16; open_file_cache_valid 300s; default_type text/plain;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port} backlog=4096; root ${folder};
    # the mirror makes nginx read the body whole, and only then refuse the method, which is answered with ok
    location = /sink { mirror /mirror; error_page 405 =200 @ok; empty_gif; }
    location = /mirror { internal; return 204; }
    location @ok { return 200 "ok"; }
    location = /1k { return 200 "${KILOBYTE}"; }
    # WebSockets end in the process that opens them: see load/web-socket.mjs
    location = /ws { proxy_pass http://unix:${echoSocket(folder)}:; proxy_http_version 1.1; proxy_read_timeout 300s; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }
    location /r/ { return 200 "${KILOBYTE}"; }
  }
  # a gRPC server as far as a proxy can tell: HTTP/2 with prior knowledge, the status in the only field section
  server { listen 127.0.0.1:${grpcPort} http2 backlog=4096; http2_max_concurrent_streams 1024;
    location / { default_type application/grpc; add_header grpc-status 0; return 200 ""; }
    location = /1k { return 200 "${KILOBYTE}"; }
  }
}
`,
  );
  const running = new Running({ command: [which('nginx')!, '-p', folder, '-e', `${folder}/error.log`, '-c', `${folder}/nginx.conf`], core: LOAD_CORE });
  await running.ready(() => answers(port, false));
  return running;
}
