import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { AdminClient, endpointOf } from './client.ts';
import { CommandError, EXIT, usageError, type CliHost, type Command, type Context, type Input } from './command.ts';
import { caCommand } from './commands/ca.ts';
import { downCommand } from './commands/down.ts';
import { explainCommand } from './commands/explain.ts';
import { helpCommand } from './commands/help.ts';
import { parityCommand } from './commands/parity.ts';
import { resetCommand } from './commands/reset.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { terraformCommand } from './commands/terraform.ts';
import { upCommand } from './commands/up.ts';
import { versionCommand } from './commands/version.ts';
import { COMMON_OPTIONS, commandHelp, overview } from './help-text.ts';

export const DEFAULT_ENDPOINT = 'http://127.0.0.1:4566';

const listed: readonly Command[] = [
  upCommand, downCommand, serveCommand, terraformCommand, explainCommand, statusCommand, parityCommand, caCommand, resetCommand, versionCommand,
];

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [...listed, helpCommand(listed)];

/** Runs one command line (without the program's own name) and gives the exit code. Never rejects. */
export async function runCommandLine(args: readonly string[], host: CliHost): Promise<number> {
  const json = args.includes('--json');
  try {
    return await run(args, host);
  } catch (error) {
    const exit = error instanceof CommandError ? error.exit : EXIT.failed;
    const message = error instanceof Error ? error.message : String(error);
    if (json) host.err(JSON.stringify({ error: { message, exit, ...(error instanceof CommandError ? error.details : {}) } }));
    else host.err(exit === EXIT.usage ? `${message}\nSee: turnpike help` : message);
    return exit;
  }
}

async function run(args: readonly string[], host: CliHost): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h') {
    host.out(overview(commands, host.version));
    return first === undefined ? EXIT.usage : EXIT.done;
  }
  const name = first === '--version' || first === '-v' ? 'version' : first;
  const command = commands.find((one) => one.name === name);
  if (!command) throw usageError(`There is no command "${first}": ${commands.map((one) => one.name).join(', ')}.`);
  const input = parse(command, rest);
  if (input.flags.has('help')) {
    host.out(commandHelp(command));
    return EXIT.done;
  }
  const most = command.arguments.length;
  const least = command.arguments.filter(({ required }) => required).length;
  if (input.positionals.length < least) throw usageError(`turnpike ${command.name} needs ${command.arguments.slice(0, least).map((one) => one.name).join(' ')}.`);
  if (input.positionals.length > most) throw usageError(`turnpike ${command.name} takes ${most === 0 ? 'no arguments' : command.arguments.map((one) => one.name).join(' ')}; "${input.positionals[most]}" is too much.`);
  return command.run(input, contextOf(input, host));
}

function contextOf(input: Input, host: CliHost): Context {
  const endpoint = endpointOf(input.texts['endpoint'] ?? host.variables['TURNPIKE_ENDPOINT'] ?? DEFAULT_ENDPOINT);
  const json = input.flags.has('json');
  return {
    host,
    json,
    endpoint,
    client: new AdminClient({ endpoint, clock: host.clock, variables: host.variables }),
    show: (data, text) => host.out(json ? JSON.stringify(data) : text()),
  };
}

function parse(command: Command, args: readonly string[]): Input {
  const options = [...command.options, ...COMMON_OPTIONS];
  const config: ParseArgsOptionsConfig = Object.fromEntries(
    options.map(({ name, short, value, repeatable }) => [name, { type: value === null ? 'boolean' : 'string', ...(short ? { short } : {}), ...(repeatable ? { multiple: true } : {}) }]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageError(`turnpike ${command.name}: ${error instanceof Error ? error.message.split('. ')[0]! : String(error)}. It has: ${options.map(({ name }) => `--${name}`).join(', ')}.`);
  }
  const texts: Record<string, string> = {};
  const lists: Record<string, readonly string[]> = {};
  const flags = new Set<string>();
  for (const [name, value] of Object.entries(parsed.values)) {
    if (Array.isArray(value)) lists[name] = value.map(String);
    else if (typeof value === 'string') texts[name] = value;
    else if (value === true) flags.add(name);
  }
  return { positionals: parsed.positionals, texts, lists, flags };
}
