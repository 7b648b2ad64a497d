import { ENDPOINT_OPTION } from '../server-options.ts';
import { EXIT, type Command } from '../command.ts';
import { statusText, type StatusAnswer } from '../status-answer.ts';

export const statusCommand: Command = {
  name: 'status',
  summary: 'say what a running Turnpike serves, and what is wrong',
  details: '',
  arguments: [],
  options: [ENDPOINT_OPTION],
  examples: ['turnpike status', 'turnpike status --json'],
  async run(_input, { client, show }) {
    const status = (await client.json('GET', '/_admin/status')) as StatusAnswer;
    show(status, () => statusText(status));
    return EXIT.done;
  },
};
