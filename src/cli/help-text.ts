import type { Command, Option } from './command.ts';
import { textTable, wrapped } from './text-table.ts';

/** Options that every command has. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'json', value: null, description: 'print JSON instead of text' },
  { name: 'help', short: 'h', value: null, description: 'print this' },
];

const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 the command was not understood, 3 no Turnpike answers.';

/** What `turnpike help` prints. */
export function overview(commands: readonly Command[], version: string): string {
  return [
    `Turnpike ${version}: API gateway, load balancer, edge and functions in one program that speaks AWS's own APIs.`,
    'Usage: turnpike COMMAND [arguments] [options]',
    textTable(commands.map((command) => [command.name, command.summary]), '  '),
    'Help with a command: turnpike help COMMAND. Every command has --json.',
    EXIT_CODES,
  ].join('\n\n');
}

/** What `turnpike help COMMAND` prints. */
export function commandHelp(command: Command): string {
  const usage = ['turnpike', command.name, ...command.arguments.map(({ name, required }) => (required ? name : `[${name}]`)), '[options]'].join(' ');
  const parts = [`${command.summary[0]!.toUpperCase()}${command.summary.slice(1)}.`, `Usage: ${usage}`];
  if (command.details !== '') parts.push(wrapped(command.details));
  if (command.arguments.length > 0) parts.push(`Arguments\n${textTable(command.arguments.map(({ name, description }) => [name, description]), '  ')}`);
  parts.push(`Options\n${textTable([...command.options, ...COMMON_OPTIONS].map((option) => [spelled(option), option.description]), '  ')}`);
  if (command.examples.length > 0) parts.push(`Examples\n${command.examples.map((example) => `  ${example}`).join('\n')}`);
  return [...parts, EXIT_CODES].join('\n\n');
}

function spelled({ name, short, value, repeatable }: Option): string {
  return `${short ? `-${short}, ` : ''}--${name}${value === null ? '' : ` ${value}`}${repeatable ? ' ...' : ''}`;
}
