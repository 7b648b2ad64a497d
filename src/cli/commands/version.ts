import { EXIT, type Command } from '../command.ts';

export const versionCommand: Command = {
  name: 'version',
  summary: 'print the version',
  details: '',
  arguments: [],
  options: [],
  examples: ['turnpike version'],
  async run(_input, { host, show }) {
    show({ turnpike: host.version, node: process.versions.node }, () => `turnpike ${host.version} (node ${process.versions.node})`);
    return EXIT.done;
  },
};
