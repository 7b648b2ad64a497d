import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AdminClient } from '../client.ts';
import { CommandError, EXIT, usageError, type Command, type Context, type Input, type RunningServer } from '../command.ts';
import { openProject, type Project } from '../project.ts';
import { serverOptions, SERVER_OPTIONS } from '../server-options.ts';
import { Services } from '../services.ts';
import { runText, type RunAnswer } from '../stack-run.ts';
import { diagnosticsText, listenersText, type StatusAnswer } from '../status-answer.ts';
import { watchFolder } from '../watch.ts';

export const upCommand: Command = {
  name: 'up',
  summary: 'apply a CloudFormation template; starts Turnpike where none answers',
  details:
    'Applies template.yaml, template.yml or template.json of the folder, or the file given (an OpenAPI 3.0 document is an HTTP API of it), to the stack of that name. A turnpike.yaml beside it may have a name, parameters, ' +
    'and services: programs that are started first and stopped last, each with a free port in PORT and in the parameter of the template that it names. ' +
    'Stays in the foreground while it runs a server, services, or watches.',
  arguments: [{ name: 'FOLDER|FILE', required: false, description: 'where the template is; this folder when left out' }],
  options: [
    { name: 'param', short: 'p', value: 'NAME=VALUE', repeatable: true, description: 'a parameter of the template' },
    { name: 'name', value: 'NAME', description: 'of the stack; that of the folder or file when left out' },
    { name: 'watch', short: 'w', value: null, description: 'apply again whenever a file in the folder changes' },
    ...SERVER_OPTIONS,
  ],
  examples: ['turnpike up', 'turnpike up examples/shop --watch', 'turnpike up network.yaml --name network -p Block=10.1.0.0/16'],
  async run(input, context) {
    const project = named(await openProject(resolve(context.host.cwd, input.positionals[0] ?? '.')), input);
    const parameters = parametersOf(input);
    const server = (await context.client.answers()) ? null : await start(input, context);
    let services: Services | null = null;
    let endWatch: (() => void) | null = null;
    try {
      const client = server === null ? context.client : new AdminClient({ endpoint: server.endpoint, clock: context.host.clock, variables: context.host.variables });
      services = await Services.start(project, context.host);
      const up = new Up(project, { context, client, parameters: { ...project.parameters, ...services.parameters, ...parameters } });
      const watching = input.flags.has('watch');
      const first = Promise.withResolvers<void>();
      // From before the first time on: what changes while that is under way is applied after it.
      if (watching) endWatch = watchFolder(project.folder, context.host.clock, () => first.promise.then(() => up.apply()).then(() => {}));
      const applied = await up.apply();
      first.resolve();
      if (!applied && !watching) return EXIT.failed;
      if (server === null && services.count === 0 && !watching) return EXIT.done;
      if (!context.json) context.host.err(`${watching ? 'Watching' : 'Serving'}; stop with Ctrl-C.`);
      await context.host.interrupted;
      return EXIT.done;
    } finally {
      endWatch?.();
      await services?.stop();
      await server?.stop();
    }
  },
};

function named(project: Project, { texts }: Input): Project {
  return texts['name'] === undefined ? project : { ...project, name: texts['name'] };
}

function parametersOf({ lists }: Input): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (lists['param'] ?? []).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usageError(`--param is "${pair}": give NAME=VALUE.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function start(input: Input, { host, json, endpoint }: Context): Promise<RunningServer> {
  const server = await host.startServer({ endpoint: new URL(endpoint).host, ...serverOptions(input) });
  if (json) host.out(JSON.stringify({ event: 'ready', endpoint: server.endpoint }));
  else host.err(`Turnpike answers at ${server.endpoint}`);
  return server;
}

interface UpSettings {
  readonly context: Context;
  readonly client: AdminClient;
  readonly parameters: Readonly<Record<string, string>>;
}

class Up {
  readonly #project: Project;
  readonly #settings: UpSettings;

  constructor(project: Project, settings: UpSettings) {
    this.#project = project;
    this.#settings = settings;
  }

  /** Applies the template as it is now and says what came of it; whether it succeeded. */
  async apply(): Promise<boolean> {
    const { context: { host, json }, client, parameters } = this.#settings;
    const { name, folder, templateFile } = this.#project;
    try {
      const template = await readFile(templateFile, 'utf8');
      const run = (await client.json('POST', '/_admin/stacks', { body: { template, name, parameters, baseFolder: folder }, also: [422] })) as RunAnswer;
      const status = await this.#served();
      if (json) host.out(JSON.stringify({ event: 'applied', ...run, listeners: status.listeners, diagnostics: status.diagnostics }));
      else host.out([runText(name, run), ...(status.listeners.length > 0 ? [`Listeners\n${listenersText(status)}`] : []), diagnosticsText(status)].filter((part) => part !== '').join('\n'));
      return run.outcome !== 'failed';
    } catch (error) {
      if (!(error instanceof CommandError) || error.exit !== EXIT.failed) throw error;
      if (json) host.out(JSON.stringify({ event: 'refused', error: { message: error.message, ...error.details } }));
      else host.err(`${templateFile} cannot be applied.\n${error.message}`);
      return false;
    }
  }

  /** The status once every worker serves what was applied: a moment later, or as it is after two seconds. */
  async #served(): Promise<StatusAnswer> {
    const { context: { host }, client } = this.#settings;
    for (let tries = 0; ; tries++) {
      const status = (await client.json('GET', '/_admin/status')) as StatusAnswer;
      const ready = status.servedRevision >= status.revision && status.listeners.every(({ serving, failures }) => serving.length + failures.length > 0);
      if (ready || tries >= 40) return status;
      await new Promise<void>((resolved) => void host.clock.after(50, resolved));
    }
  }
}
