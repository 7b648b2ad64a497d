import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type * as Yaml from 'yaml';
import { latePackage } from '../kernel/index.ts';
import { CommandError, usageError } from './command.ts';

const yaml = latePackage<typeof Yaml>('yaml', import.meta.url);

/** What `turnpike up` was pointed at: a template, and what its folder says about running it. */
export interface Project {
  /** Of the stack. */
  readonly name: string;
  readonly folder: string;
  readonly templateFile: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly services: readonly ServiceDeclaration[];
}

/** A program that the template's targets are: started before the template is applied, stopped with `up`. */
export interface ServiceDeclaration {
  readonly name: string;
  /** Program and arguments, run in the folder; `node` is the Node.js that runs Turnpike. */
  readonly command: readonly string[];
  /** Parameter of the template that gets the port; a free one is chosen and given to the program as PORT. */
  readonly portParameter: string | null;
}

const TEMPLATES = ['template.yaml', 'template.yml', 'template.json'];
/** Beside a template: `name`, `parameters` and `services`, all of them optional. */
export const PROJECT_FILE = 'turnpike.yaml';

export async function openProject(path: string): Promise<Project> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw usageError(`There is no ${path}: give a folder with a ${TEMPLATES.join(' or ')}, or a template file.`);
  const folder = found.isDirectory() ? path : dirname(path);
  const templateFile = found.isDirectory() ? await templateIn(path) : path;
  const settings = await readSettings(join(folder, PROJECT_FILE));
  return {
    name: settings.name ?? stackName(found.isDirectory() ? basename(path) : nameOfFile(path)),
    folder,
    templateFile,
    parameters: settings.parameters,
    services: settings.services,
  };
}

async function templateIn(folder: string): Promise<string> {
  for (const name of TEMPLATES) if (await stat(join(folder, name)).catch(() => null)) return join(folder, name);
  throw usageError(`${folder} has no ${TEMPLATES.join(' or ')}: give the template file.`);
}

function nameOfFile(path: string): string {
  const name = basename(path, extname(path));
  return name === 'template' ? basename(dirname(path)) : name;
}

/** A name that CloudFormation allows. */
function stackName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '').slice(0, 128);
  return name === '' ? 'stack' : name;
}

interface Settings {
  readonly name: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly services: readonly ServiceDeclaration[];
}

async function readSettings(file: string): Promise<Settings> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new CommandError(`${file} cannot be read: ${error.message}`);
  });
  if (text === null) return { name: null, parameters: {}, services: [] };
  const problems: string[] = [];
  let document: unknown;
  try {
    document = yaml().parse(text) ?? {};
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isMap(document)) throw new CommandError(`${file} is no map: it may have name, parameters, services.`);
  for (const key of Object.keys(document)) if (!['name', 'parameters', 'services'].includes(key)) problems.push(`${key}: allowed are name, parameters, services`);
  const { name = null, parameters = {}, services = [] } = document;
  if (name !== null && typeof name !== 'string') problems.push('name: give text');
  if (!isMap(parameters) || Object.values(parameters).some((value) => typeof value === 'object')) problems.push('parameters: give a map of names to texts');
  const declared = Array.isArray(services) ? services.map((service, index) => readService(service, `services[${index}]`, problems)) : [];
  if (!Array.isArray(services)) problems.push('services: give a list');
  if (problems.length > 0) throw new CommandError(`${file} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, { details: { problems } });
  return {
    name: name as string | null,
    parameters: Object.fromEntries(Object.entries(parameters as Record<string, unknown>).map(([key, value]) => [key, String(value)])),
    services: declared,
  };
}

function readService(value: unknown, path: string, problems: string[]): ServiceDeclaration {
  const service = isMap(value) ? value : {};
  const { name, command, port = null } = service;
  for (const key of Object.keys(service)) if (!['name', 'command', 'port'].includes(key)) problems.push(`${path}.${key}: allowed are name, command, port`);
  if (typeof name !== 'string') problems.push(`${path}.name: give text`);
  if (!Array.isArray(command) || command.length === 0 || command.some((part) => typeof part === 'object')) problems.push(`${path}.command: give a list of a program and its arguments`);
  if (port !== null && typeof port !== 'string') problems.push(`${path}.port: give the name of a parameter of the template`);
  return { name: String(name), command: Array.isArray(command) ? command.map(String) : [], portParameter: port as string | null };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
