/** See README.md. */
export { EXIT, type CliHost, type Command, type RunningServer, type ServerOptions } from './command.ts';
export { commands, DEFAULT_ENDPOINT, runCommandLine } from './program.ts';
export { SERVER_OPTIONS } from './server-options.ts';
