import { EXIT, usageError, type Command } from '../command.ts';
import { commandHelp, overview } from '../help-text.ts';

/** Help on the commands given, and on itself. */
export function helpCommand(others: readonly Command[]): Command {
  const help: Command = {
    name: 'help',
    summary: 'explain a command',
    details: '',
    arguments: [{ name: 'COMMAND', required: false, description: 'which; all of them in a line each when left out' }],
    options: [],
    examples: ['turnpike help up'],
    async run({ positionals: [name] }, { host, show }) {
      const all = [...others, help];
      if (name === undefined) {
        show(all.map(described), () => overview(all, host.version));
        return EXIT.done;
      }
      const command = all.find((one) => one.name === name);
      if (!command) throw usageError(`There is no command "${name}": ${all.map((one) => one.name).join(', ')}.`);
      show(described(command), () => commandHelp(command));
      return EXIT.done;
    },
  };
  return help;
}

function described({ name, summary, details, arguments: args, options, examples }: Command): object {
  return { name, summary, details, arguments: args, options, examples };
}
