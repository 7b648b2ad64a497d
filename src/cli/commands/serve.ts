import { serverOptions, SERVER_OPTIONS } from '../server-options.ts';
import type { Command } from '../command.ts';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run Turnpike until it is stopped',
  details: 'With --json, the line {"event":"ready","endpoint":"http://..."} on standard output says that it answers. SIGTERM and SIGINT stop it: listeners close, requests under way finish.',
  arguments: [],
  options: SERVER_OPTIONS,
  examples: ['turnpike serve', 'turnpike serve --data /var/lib/turnpike --endpoint 0.0.0.0:4566 --verify-signatures yes'],
  run: (input, { host, json }) => host.serve(serverOptions(input), json),
};
