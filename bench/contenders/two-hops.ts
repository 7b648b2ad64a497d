import { writeFile } from 'node:fs/promises';
import { freePort } from '../../test/support/free-port.ts';
import { answers } from '../load/probe.ts';
import { PROXY_CORE, Running, which } from '../process.ts';
import type { Contender } from './contender.ts';
import { configuration as haproxyConfiguration, haproxyVersion } from './haproxy.ts';
import { configuration as nginxConfiguration, nginxVersion } from './nginx.ts';

/** What a gateway in front of a balancer is made of elsewhere: nginx, which proxies to HAProxy, which proxies to the backend. Their CPU time is added. */
export function twoHops(): Contender {
  const versions = [nginxVersion(), haproxyVersion()];
  return {
    label: 'nginx -> haproxy',
    program: 'nginx and haproxy',
    version: versions.includes(null) ? null : versions.join(' and '),
    async start(job) {
      const between = await freePort();
      await writeFile(`${job.folder}/haproxy.cfg`, haproxyConfiguration('http', { ...job, port: between }));
      await writeFile(`${job.folder}/nginx.conf`, nginxConfiguration('http', { ...job, backendPort: between }));
      const script = `trap 'kill $(jobs -p); wait' TERM; ${which('haproxy')!} -db -f ${job.folder}/haproxy.cfg & ${which('nginx')!} -p ${job.folder} -e ${job.folder}/error.log -c ${job.folder}/nginx.conf & wait`;
      const running = new Running({ command: ['/bin/bash', '-c', script], core: PROXY_CORE });
      await running.ready(() => answers(job.port, false));
      return { running, host: null };
    },
  };
}
