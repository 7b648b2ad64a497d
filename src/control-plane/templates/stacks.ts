import { uuid } from '../../kernel/index.ts';
import { stackArn, type Stack, type StackEvent, type StackOutput } from '../resources/templates/index.ts';
import { Deployment, messageOf, partitionOf, type TemplateDependencies } from './deployment.ts';
import { readDesired, type Desired } from './desired.ts';
import type { Value } from './expressions/value.ts';
import { pseudoParameters } from './parameters.ts';
import { TemplateError } from './problem.ts';
import type { Properties } from './types/resource-type.ts';

export interface TemplateRequest {
  /** A letter, then letters, digits and hyphens; 128 at most. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Absolute; where relative paths of local code start. */
  readonly baseFolder: string | null;
}

export interface StackResult {
  /** As it is after the run; null once it is deleted. */
  readonly stack: Stack | null;
  /** `unchanged`: nothing was called. `failed`: everything was set back, or as far as the events say. */
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'failed';
  /** Why it failed; null otherwise. */
  readonly failure: string | null;
  /** Of this run, oldest first. */
  readonly events: readonly StackEvent[];
}

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * The stacks of an installation. One run at a time: two templates that import from one another, or one that is applied twice at once, wait.
 */
export class Stacks {
  readonly #deps: TemplateDependencies;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: TemplateDependencies) {
    this.#deps = deps;
  }

  list(): readonly Stack[] {
    return this.#deps.store.world.list('templates/stack', { account: this.#deps.account, region: this.#deps.region });
  }

  find(name: string): Stack | undefined {
    return this.list().find((stack) => stack.name === name);
  }

  /** Throws a `TemplateError` for a template that cannot be applied; whatever fails after that is in the result. */
  apply(source: string, request: TemplateRequest): Promise<StackResult> {
    return this.#inTurn(() => applyTemplate(source, request, this.#deps));
  }

  delete(name: string): Promise<StackResult> {
    return this.#inTurn(() => deleteStack(name, this.#deps));
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** Applies a template to the stack of that name, which is created when there is none. Not to be run twice at once: see `Stacks`. */
export async function applyTemplate(source: string, request: TemplateRequest, deps: TemplateDependencies): Promise<StackResult> {
  if (!NAME.test(request.name)) throw new TemplateError([{ path: 'name', got: request.name, allowed: 'allowed: a letter, then letters, digits and hyphens, 128 at most' }]);
  const previous = stacksOf(deps).find((stack) => stack.name === request.name);
  const place = { account: deps.account, region: deps.region, partition: partitionOf(deps.region) };
  const id = previous?.id ?? stackArn(place, request.name, uuid(deps.random));
  const desired = await readDesired(source, await surroundings(source, { request, id, previous, place }, deps));
  const isNew = previous === undefined || (previous.resources.length === 0 && previous.status.startsWith('ROLLBACK'));
  const stack: Stack = {
    id, account: deps.account, region: deps.region, parent: null,
    createdAt: previous?.createdAt ?? deps.clock.now(),
    name: request.name,
    status: isNew ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS',
    reason: null,
    description: desired.description,
    template: previous?.template ?? source,
    baseFolder: request.baseFolder,
    parameters: request.parameters,
    noEcho: desired.noEcho,
    resources: previous?.resources ?? [],
    leftovers: previous?.leftovers ?? [],
    outputs: previous?.outputs ?? [],
    imports: previous?.imports ?? [],
    events: previous?.events ?? [],
    updatedAt: deps.clock.now(),
  };
  const run = new Deployment(stack, deps);
  await run.status(stack.status);
  await run.clearLeftovers();
  try {
    for (const resource of desired.resources) {
      const properties = await desired.properties(resource, run.existing);
      const { declaration: { logicalId, type, deletionPolicy, updateReplacePolicy }, dependsOn } = resource;
      await run.bring({ logicalId, type, dependsOn, deletionPolicy, updateReplacePolicy, properties: asStored(properties) });
    }
    const outputs = checkedOutputs(desired, run, deps);
    const wanted = new Set(desired.resources.map(({ declaration }) => declaration.logicalId));
    const unwanted = [...run.resources.values()].filter(({ logicalId }) => !wanted.has(logicalId));
    const changed = run.changes > 0 || unwanted.length > 0 || JSON.stringify(outputs) !== JSON.stringify(stack.outputs);
    await run.remove([...run.replaced, ...unwanted]);
    await run.finish({ status: isNew ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE', outputs, template: source, imports: desired.imports });
    return { stack: run.stack, outcome: isNew ? 'created' : changed ? 'updated' : 'unchanged', failure: null, events: run.events };
  } catch (error) {
    const failure = run.redacted(messageOf(error));
    await run.status(isNew ? 'ROLLBACK_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS', failure);
    const clean = await run.undo();
    const end = isNew ? (clean ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED') : clean ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_FAILED';
    // The parameters of a template that failed are not those of what exists.
    await run.status(end, failure, previous === undefined ? {} : { parameters: previous.parameters, noEcho: previous.noEcho, baseFolder: previous.baseFolder, description: previous.description });
    return { stack: run.stack, outcome: 'failed', failure, events: run.events };
  }
}

/** Deletes a stack and all that it made. Not to be run beside another: see `Stacks`. */
export async function deleteStack(name: string, deps: TemplateDependencies): Promise<StackResult> {
  const stack = stacksOf(deps).find((one) => one.name === name);
  if (stack === undefined) {
    throw new TemplateError([{ path: 'name', got: name, allowed: `there is no stack of that name; there are: ${stacksOf(deps).map((one) => one.name).join(', ') || 'none'}` }]);
  }
  for (const { exportName } of stack.outputs) {
    const users = exportName === null ? [] : importersOf(exportName, stack, deps);
    if (users.length > 0) {
      throw new TemplateError([{ path: `Outputs (export ${exportName})`, got: `used by ${users.join(', ')}`, allowed: 'delete the stacks that import it first' }]);
    }
  }
  const run = new Deployment(stack, deps);
  await run.status('DELETE_IN_PROGRESS');
  const clean = await run.remove([...run.resources.values()]);
  if ((await run.clearLeftovers()) && clean) {
    await deps.store.transact((transaction) => transaction.delete('templates/stack', stack.id));
    return { stack: null, outcome: 'deleted', failure: null, events: run.events };
  }
  const failed = run.events.filter((event) => event.status === 'DELETE_FAILED').map((event) => `${event.logicalId}: ${event.reason ?? ''}`);
  const failure = `Not everything could be deleted: ${failed.join('; ')}`;
  await run.status('DELETE_FAILED', failure);
  return { stack: run.stack, outcome: 'failed', failure, events: run.events };
}

function stacksOf(deps: TemplateDependencies): readonly Stack[] {
  return deps.store.world.list('templates/stack', { account: deps.account, region: deps.region });
}

function importersOf(exportName: string, exporter: Stack, deps: TemplateDependencies): readonly string[] {
  return stacksOf(deps).filter((stack) => stack.id !== exporter.id && stack.imports.includes(exportName)).map((stack) => stack.name);
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

async function surroundings(
  source: string,
  { request, id, previous, place }: { readonly request: TemplateRequest; readonly id: string; readonly previous: Stack | undefined; readonly place: Place },
  deps: TemplateDependencies,
): Promise<Parameters<typeof readDesired>[1]> {
  const exports = new Map<string, string>();
  for (const stack of stacksOf(deps)) {
    for (const { exportName, value } of stack.id === previous?.id ? [] : stack.outputs) if (exportName !== null) exports.set(exportName, value);
  }
  const zones = source.includes('GetAZs') ? await availabilityZones(deps) : [];
  const urlSuffix = place.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const pseudo: ReadonlyMap<string, Value> = pseudoParameters({ ...place, urlSuffix }, { id, name: request.name });
  return {
    given: request.parameters,
    pseudo,
    baseFolder: request.baseFolder,
    blobs: deps.blobs,
    exported: (name) => exports.get(name),
    zones: (region) => (region === '' || region === deps.region ? zones : []),
  };
}

async function availabilityZones(deps: TemplateDependencies): Promise<readonly string[]> {
  const found = await deps.call('ec2', 'DescribeAvailabilityZones', {});
  return (found.AvailabilityZones as readonly { readonly ZoneName: string }[]).map((zone) => zone.ZoneName).sort();
}

function checkedOutputs(desired: Desired, run: Deployment, deps: TemplateDependencies): readonly StackOutput[] {
  const outputs = desired.outputs.map((output): StackOutput => ({ name: output.name, description: output.description, ...desired.output(output, run.existing) }));
  const own = new Set<string>();
  for (const { name, exportName } of outputs) {
    if (exportName === null) continue;
    const other = stacksOf(deps).find((stack) => stack.id !== run.stack.id && stack.outputs.some((output) => output.exportName === exportName));
    if (other !== undefined || own.has(exportName)) {
      throw new Error(`Outputs.${name}: the export ${exportName} exists already in stack ${other?.name ?? run.stack.name}: export names are unique in an account and region`);
    }
    own.add(exportName);
  }
  for (const { exportName, value } of run.stack.outputs) {
    if (exportName === null || outputs.some((output) => output.exportName === exportName && output.value === value)) continue;
    const users = importersOf(exportName, run.stack, deps);
    if (users.length > 0) throw new Error(`The export ${exportName} cannot change or go while ${users.join(', ')} uses it`);
  }
  return outputs;
}

/** Evaluated properties hold JSON and nothing else by now. */
function asStored(properties: Properties): Stack['resources'][number]['properties'] {
  return JSON.parse(JSON.stringify(properties)) as Stack['resources'][number]['properties'];
}
