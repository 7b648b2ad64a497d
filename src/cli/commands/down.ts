import { resolve } from 'node:path';
import { ENDPOINT_OPTION } from '../server-options.ts';
import { EXIT, type Command } from '../command.ts';
import { openProject } from '../project.ts';
import { runText, type RunAnswer } from '../stack-run.ts';

export const downCommand: Command = {
  name: 'down',
  summary: 'delete the stack of a template, and all that it made',
  details: '',
  arguments: [{ name: 'FOLDER|FILE|NAME', required: false, description: 'what `turnpike up` was given, or the name of a stack; this folder when left out' }],
  options: [ENDPOINT_OPTION],
  examples: ['turnpike down examples/shop', 'turnpike down shop'],
  async run({ positionals: [given] }, { host, client, show }) {
    const project = await openProject(resolve(host.cwd, given ?? '.')).catch((error: unknown) => {
      if (given === undefined) throw error;
      return null;
    });
    const name = project?.name ?? given!;
    const run = (await client.json('DELETE', `/_admin/stacks/${encodeURIComponent(name)}`, { also: [422] })) as RunAnswer;
    show(run, () => runText(name, run));
    return run.outcome === 'failed' ? EXIT.failed : EXIT.done;
  },
};
