import { PROXY_CORE, Running } from '../process.ts';
import { answers } from '../load/probe.ts';
import type { Contender } from './contender.ts';

/** Any other proxy by its command line, `{port}` and `{backend}` replaced: to measure a sketch beside the real thing. */
export function standIn(command: string): Contender {
  return {
    label: 'stand-in',
    program: 'stand-in',
    version: command,
    async start(job) {
      const words = command.split(' ').map((word) => word.replace('{port}', String(job.port)).replace('{backend}', String(job.backendPort)));
      const running = new Running({ command: words as [string, ...string[]], core: PROXY_CORE });
      await running.ready(() => answers(job.port, false));
      return { running, host: null };
    },
  };
}
