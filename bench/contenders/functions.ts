import { fileURLToPath } from 'node:url';
import { zipFiles } from '../../test/support/zip.ts';
import { answers } from '../load/probe.ts';
import { PROXY_CORE, Running } from '../process.ts';
import type { Contender } from './contender.ts';
import { type Control, element } from './control.ts';
import { prefixed } from './feature.ts';
import { configure, turnpikeProcess, VERSION } from './turnpike.ts';

const IPC_SERVER = fileURLToPath(new URL('../load/ipc-server.mjs', import.meta.url));
const HANDLER = `exports.handler = async ({ path }) => {
  if (path?.endsWith('/wait')) await new Promise((resolve) => setTimeout(resolve, 1000));
  return { statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' };
};`;

/** A Node function behind a balancer that does all that a balancer does; requests for /function/* are its. `spares`: runtimes that are started ahead. */
export function turnpikeFunctions(serve: readonly string[], spares: number): Contender {
  return {
    label: spares === 0 ? 'turnpike, no spare process' : 'turnpike',
    program: 'turnpike',
    version: VERSION,
    start: (job) =>
      turnpikeProcess(job, ['--function-spares', String(spares), ...serve], async ({ running, control, endpoint }) => {
        const made = await configure(control, { mode: 'fixed', rules: 10, feature: 'none', serve }, job);
        const arn = await createFunction(control, 'bench');
        await control.rest('/2015-03-31/functions/bench/policy', { StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com' }, 'lambda');
        const pool = element(await control.query('elbv2', 'CreateTargetGroup', { Name: 'functions', TargetType: 'lambda' }), 'TargetGroupArn');
        await control.query('elbv2', 'RegisterTargets', { TargetGroupArn: pool, 'Targets.member.1.Id': arn });
        await control.query('elbv2', 'CreateRule', {
          ListenerArn: made.listener, Priority: 20_000, 'Conditions.member.1.Field': 'path-pattern', 'Conditions.member.1.PathPatternConfig.Values.member.1': '/function/*',
          ...prefixed('Actions.member.1.', { Type: 'forward', TargetGroupArn: pool }),
        });
        await running.ready(() => answers(job.port, false, made.host), 20_000);
        return { running, host: made.host, endpoint };
      }),
  };
}

/** Makes a small function; returns its ARN. Each has code of its own, which must be unpacked. */
export async function createFunction(control: Control, name: string): Promise<string> {
  const code = zipFiles({ 'index.js': `// ${name}\n${HANDLER}` }).toString('base64');
  const made = await control.rest<{ FunctionArn: string }>('/2015-03-31/functions', { FunctionName: name, Runtime: 'nodejs22.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/bench', Code: { ZipFile: code } }, 'lambda');
  return made.FunctionArn;
}

/** A process a handler, over plain IPC: the limit for whatever runs handlers so. */
export function plainIpc(): Contender {
  return {
    label: 'node:http and child_process IPC',
    program: 'node',
    version: process.version,
    async start(job) {
      const running = new Running({ command: [process.execPath, IPC_SERVER, String(job.port)], core: PROXY_CORE });
      await running.ready(() => answers(job.port, false, 'localhost'), 20_000);
      return { running, host: null };
    },
  };
}
