import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { CliHost } from './command.ts';
import type { Project } from './project.ts';

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
}

/** How long a program may take to stop before it is killed. */
const GRACE_MS = 5000;

/** The programs of a project, as long as `turnpike up` runs. */
export class Services {
  readonly #host: CliHost;
  readonly #running: Running[] = [];
  /** Values for the template's port parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  #stopping = false;

  private constructor(host: CliHost, parameters: Readonly<Record<string, string>>) {
    this.#host = host;
    this.parameters = parameters;
  }

  static async start(project: Project, host: CliHost): Promise<Services> {
    const ports: string[] = [];
    for (const _ of project.services) ports.push(String(await host.freePort()));
    const parameters = Object.fromEntries(project.services.flatMap(({ portParameter }, index) => (portParameter === null ? [] : [[portParameter, ports[index]!]])));
    const services = new Services(host, parameters);
    for (const [index, declared] of project.services.entries()) services.#start(declared.name, declared.command, { folder: project.folder, port: ports[index]! });
    return services;
  }

  get count(): number {
    return this.#running.length;
  }

  #start(name: string, [program = '', ...args]: readonly string[], at: { readonly folder: string; readonly port: string }): void {
    // `node` means this Node: the one on the path may be older than what Turnpike and its examples need.
    const child = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: at.folder,
      env: { ...this.#host.variables, PORT: at.port },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => this.#host.err(`[${name}] ${line}`));
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    this.#running.push({ name, child, ended });
    void ended.then((how) => {
      if (!this.#stopping) this.#host.err(`The service ${name} has ended (${how}); its targets fail their health checks until it runs again.`);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#running.map(async ({ child, ended }) => {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
        child.kill('SIGTERM');
        const timer = this.#host.clock.after(GRACE_MS, () => child.kill('SIGKILL'));
        await ended;
        timer.cancel();
      }),
    );
  }
}
