import type { Stack, StackEvent, StackOutput, StackResource, StackStatus } from '../resources/templates/index.ts';
import type { Environment } from '../services/index.ts';
import type { FoundResource } from './expressions/scope.ts';
import { changedNames, deletionOrder } from './difference.ts';
import { generatedName } from './generated-name.ts';
import { resourceTypes } from './types/index.ts';
import { errorCode, isGone, type CallOperation, type ExistingTask, type Properties, type ResourceType, type Task } from './types/resource-type.ts';

/** What templates are applied with. */
export interface TemplateDependencies extends Pick<Environment, 'store' | 'blobs' | 'clock' | 'random'> {
  readonly call: CallOperation;
  /** Whom the stacks belong to. */
  readonly account: string;
  readonly region: string;
}

/** A change that succeeded, with what undoes it. */
type Done =
  | { readonly kind: 'created'; readonly made: StackResource }
  | { readonly kind: 'updated'; readonly before: StackResource; readonly after: StackResource }
  | { readonly kind: 'replaced'; readonly before: StackResource; readonly made: StackResource };

const MOST_EVENTS = 500;
const PATIENCE_MS = 60_000;
/** Things that a resource still needs may take a moment to let go of it. */
const BUSY = new Set(['DependencyViolation', 'DeleteConflict', 'ResourceInUse', 'ResourceInUseException', 'ResourceConflictException', 'IncorrectInstanceState']);

/**
 * One run over a stack: creates, updates, replaces and deletes, one at a time, and writes the stack down after each, so that what is stored is
 * what exists however the run ends.
 */
export class Deployment {
  readonly #deps: TemplateDependencies;
  readonly #resources: Map<string, StackResource>;
  readonly #events: StackEvent[] = [];
  readonly #done: Done[] = [];
  readonly #secrets: readonly string[];
  #leftovers: StackResource[];
  #stack: Stack;

  constructor(stack: Stack, deps: TemplateDependencies) {
    this.#deps = deps;
    this.#stack = stack;
    this.#resources = new Map(stack.resources.map((resource) => [resource.logicalId, resource]));
    this.#leftovers = [...stack.leftovers];
    this.#secrets = stack.noEcho.map((name) => stack.parameters[name] ?? '').filter((value) => value.length >= 4);
  }

  get stack(): Stack {
    return this.#stack;
  }

  /** The events of this run. */
  get events(): readonly StackEvent[] {
    return this.#events;
  }

  /** How many resources this run has created, changed or replaced. */
  get changes(): number {
    return this.#done.length;
  }

  get resources(): ReadonlyMap<string, StackResource> {
    return this.#resources;
  }

  /** What expressions may refer to by now. */
  get existing(): ReadonlyMap<string, FoundResource> {
    return new Map([...this.#resources].map(([id, { ref, attributes }]) => [id, { ref, attributes }]));
  }

  async status(status: StackStatus, reason: string | null = null, more: Partial<Stack> = {}): Promise<void> {
    this.#stack = { ...this.#stack, ...more, status, reason: reason === null ? null : this.redacted(reason) };
    this.#event({ logicalId: this.#stack.name, type: 'AWS::CloudFormation::Stack', physicalId: this.#stack.id, status, reason });
    await this.#save();
  }

  /** Brings one resource to its properties. Nothing is called where they are what they were. */
  async bring(wanted: Omit<StackResource, 'physicalId' | 'ref' | 'attributes'>): Promise<void> {
    const before = this.#resources.get(wanted.logicalId);
    if (before === undefined) {
      this.#done.push({ kind: 'created', made: await this.#create(wanted) });
      return;
    }
    const type = typeOf(wanted.type);
    const changed = changedNames(before.properties, wanted.properties);
    if (before.type === wanted.type && changed.size === 0) {
      this.#resources.set(wanted.logicalId, { ...before, dependsOn: wanted.dependsOn, deletionPolicy: wanted.deletionPolicy, updateReplacePolicy: wanted.updateReplacePolicy });
      return;
    }
    if (before.type === wanted.type && [...changed].every((name) => type.properties[name]?.replaces !== true)) {
      this.#done.push({ kind: 'updated', before, after: await this.#update(before, wanted) });
      return;
    }
    const name = type.nameProperty;
    if (name !== null && before.type === wanted.type && wanted.properties[name] !== undefined && !changed.has(name)) {
      throw new Error(`A resource with a name of its own cannot be replaced while the one that has it exists (${[...changed].join(', ')} changed, which needs replacement). Give another ${name} and deploy again.`);
    }
    const made = await this.#create(wanted, before);
    this.#done.push({ kind: 'replaced', before, made });
  }

  /** Deletes what is not wanted any more, in the reverse of the order of dependencies. Returns whether all of it is gone. */
  async remove(unwanted: readonly StackResource[]): Promise<boolean> {
    let clean = true;
    for (const resource of deletionOrder(unwanted)) {
      const current = this.#resources.get(resource.logicalId);
      const inPlace = current?.physicalId === resource.physicalId;
      const keep = inPlace ? resource.deletionPolicy : resource.updateReplacePolicy;
      if (keep === 'Retain') {
        this.#about(resource, 'DELETE_SKIPPED', 'Retained, as its policy says');
      } else if (!(await this.#delete(resource))) {
        clean = false;
        if (!inPlace) this.#keepAside(resource);
        continue;
      }
      if (inPlace) this.#resources.delete(resource.logicalId);
      this.#leftovers = this.#leftovers.filter((one) => one.physicalId !== resource.physicalId || one.type !== resource.type);
      await this.#save();
    }
    return clean;
  }

  /** What this run has replaced: to be deleted once everything else has succeeded. */
  get replaced(): readonly StackResource[] {
    return this.#done.flatMap((change) => (change.kind === 'replaced' ? [change.before] : []));
  }

  /** Tries again to delete what earlier runs could not. */
  async clearLeftovers(): Promise<boolean> {
    // A leftover's policy has been heard when it was set aside: what is here is to go.
    return this.remove(this.#leftovers.map((resource) => ({ ...resource, updateReplacePolicy: 'Delete', deletionPolicy: 'Delete' })));
  }

  /** Undoes what this run has done, newest first. Returns whether all of it is undone. */
  async undo(): Promise<boolean> {
    let clean = await this.clearLeftovers();
    for (const change of this.#done.splice(0).reverse()) {
      switch (change.kind) {
        case 'created':
          if (await this.#delete(change.made)) this.#resources.delete(change.made.logicalId);
          else clean = false;
          break;
        case 'updated':
          try {
            await this.#update(change.after, change.before);
          } catch {
            clean = false;
          }
          break;
        case 'replaced':
          this.#resources.set(change.before.logicalId, change.before);
          if (!(await this.#delete(change.made))) {
            clean = false;
            this.#keepAside(change.made);
          }
          break;
      }
      await this.#save();
    }
    return clean;
  }

  async finish(more: { readonly status: StackStatus; readonly outputs: readonly StackOutput[]; readonly template: string; readonly imports: readonly string[] }): Promise<void> {
    await this.status(more.status, null, { outputs: more.outputs, template: more.template, imports: more.imports });
  }

  redacted(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, '****'), text);
  }

  async #create(wanted: Omit<StackResource, 'physicalId' | 'ref' | 'attributes'>, replacing?: StackResource): Promise<StackResource> {
    const type = typeOf(wanted.type);
    const started = { ...wanted, physicalId: '', ref: '', attributes: {} };
    this.#about(started, replacing ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS', replacing ? 'The change needs a new physical resource; creating it' : null);
    try {
      const physicalId = await type.create({
        ...this.#task(wanted.properties),
        generatedName: (longest) => generatedName({ stack: this.#stack.name, logicalId: wanted.logicalId, longest }, this.#deps.random),
        // Until it is complete it is something to clear away.
        made: async (id) => {
          this.#leftovers.push({ ...started, physicalId: id, ref: id });
          await this.#save();
        },
      });
      const made = await this.#read(type, { ...started, physicalId });
      await this.#readAffected(made);
      this.#leftovers = this.#leftovers.filter((one) => one.physicalId !== physicalId || one.type !== made.type);
      this.#resources.set(wanted.logicalId, made);
      this.#about(made, replacing ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE');
      await this.#save();
      return made;
    } catch (error) {
      this.#about(started, replacing ? 'UPDATE_FAILED' : 'CREATE_FAILED', messageOf(error));
      throw error;
    }
  }

  async #update(before: StackResource, wanted: Omit<StackResource, 'physicalId' | 'ref' | 'attributes'>): Promise<StackResource> {
    const type = typeOf(before.type);
    this.#about(before, 'UPDATE_IN_PROGRESS');
    let physicalId = before.physicalId;
    try {
      await type.update({
        ...this.#existingTask(before),
        properties: wanted.properties,
        previous: before.properties,
        changed: changedNames(before.properties, wanted.properties),
        made: async (id) => {
          physicalId = id;
          this.#resources.set(before.logicalId, { ...before, physicalId: id });
          await this.#save();
        },
      });
      const after = await this.#read(type, { ...before, ...wanted, physicalId });
      this.#resources.set(before.logicalId, after);
      this.#about(after, 'UPDATE_COMPLETE');
      await this.#save();
      return after;
    } catch (error) {
      this.#about(before, 'UPDATE_FAILED', messageOf(error));
      // Some of its calls may have succeeded: undoing sets all of them back.
      if (!this.#done.some((change) => change.kind === 'updated' && change.before === before)) {
        this.#done.push({ kind: 'updated', before, after: { ...before, ...wanted, physicalId } });
      }
      throw error;
    }
  }

  async #delete(resource: StackResource): Promise<boolean> {
    this.#about(resource, 'DELETE_IN_PROGRESS');
    const started = this.#deps.clock.monotonic();
    for (let pause = 100; ; pause = Math.min(pause * 2, 2000)) {
      try {
        await typeOf(resource.type).delete(this.#existingTask(resource));
        break;
      } catch (error) {
        if (isGone(error)) break;
        if (BUSY.has(errorCode(error)) && this.#deps.clock.monotonic() - started < PATIENCE_MS / 4) {
          await this.#pause(pause);
          continue;
        }
        this.#about(resource, 'DELETE_FAILED', messageOf(error));
        return false;
      }
    }
    try {
      await this.#readAffected(resource);
    } catch (error) {
      this.#about(resource, 'DELETE_FAILED', messageOf(error));
      return false;
    }
    this.#about(resource, 'DELETE_COMPLETE');
    return true;
  }

  async #read(type: ResourceType, resource: StackResource): Promise<StackResource> {
    const { ref, attributes } = await type.read(this.#existingTask(resource));
    return { ...resource, ref, attributes };
  }

  /** What other resources are told of a VPC changes with its blocks, which are resources of their own. */
  async #readAffected({ type, properties }: StackResource): Promise<void> {
    const affected = typeOf(type).affects?.(properties);
    if (affected === undefined) return;
    for (const [id, resource] of this.#resources) {
      if (resource.type !== affected.type || resource.physicalId !== affected.physicalId) continue;
      try {
        this.#resources.set(id, await this.#read(typeOf(resource.type), resource));
      } catch (error) {
        // Somebody has deleted it by hand: that is found out when its own turn comes.
        if (!isGone(error)) throw error;
      }
    }
  }

  #task(properties: Properties): Task {
    const { call, blobs, account, region } = this.#deps;
    return {
      call, blobs, account, region, properties,
      partition: partitionOf(region),
      until: async (what, probe) => {
        const started = this.#deps.clock.monotonic();
        for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
          const found = await probe();
          if (found !== undefined) return found;
          if (this.#deps.clock.monotonic() - started > PATIENCE_MS) throw new Error(`Waited ${PATIENCE_MS / 1000} s for ${what}`);
          await this.#pause(pause);
        }
      },
    };
  }

  #existingTask(resource: StackResource): ExistingTask {
    return { ...this.#task(resource.properties), physicalId: resource.physicalId, attributes: resource.attributes };
  }

  #keepAside(resource: StackResource): void {
    if (!this.#leftovers.some((one) => one.physicalId === resource.physicalId && one.type === resource.type)) this.#leftovers.push(resource);
  }

  #about({ logicalId, type, physicalId }: StackResource, status: string, reason: string | null = null): void {
    this.#event({ logicalId, type, physicalId: physicalId === '' ? null : physicalId, status, reason });
  }

  #event(event: Omit<StackEvent, 'at'>): void {
    this.#events.push({ at: this.#deps.clock.now(), ...event, reason: event.reason === null ? null : this.redacted(event.reason) });
  }

  async #save(): Promise<void> {
    const earlier = this.#stack.events.filter((event) => !this.#events.includes(event));
    this.#stack = {
      ...this.#stack,
      resources: [...this.#resources.values()],
      leftovers: [...this.#leftovers],
      events: [...earlier, ...this.#events].slice(-MOST_EVENTS),
      updatedAt: this.#deps.clock.now(),
    };
    const stack = structuredClone(this.#stack);
    await this.#deps.store.transact((transaction) => transaction.put('templates/stack', stack));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#deps.clock.after(ms, resolve));
  }
}

function typeOf(name: string): ResourceType {
  const type = resourceTypes.get(name);
  if (type === undefined) throw new Error(`${name} is not a resource type of this version`);
  return type;
}

export function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What an error says, with AWS's code before it where it has one. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = errorCode(error);
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
