import { ENDPOINT_OPTION } from '../server-options.ts';
import { EXIT, type Command } from '../command.ts';

export const resetCommand: Command = {
  name: 'reset',
  summary: 'delete every resource of a running Turnpike',
  details: 'For development and tests. Refused where the installation was started with --allow-reset no.',
  arguments: [],
  options: [ENDPOINT_OPTION],
  examples: ['turnpike reset'],
  async run(_input, { client, show }) {
    const answer = await client.json('POST', '/_admin/reset', { body: {} });
    show(answer, () => `Everything at ${client.endpoint} has been deleted.`);
    return EXIT.done;
  },
};
