import type { ApiStage, Identity } from './api.ts';
import { sameData } from './equality.ts';
import type { LambdaFunction } from './function.ts';
import type { Certificate, Listener } from './listener.ts';
import type { Pool } from './pool.ts';
import type { Route } from './route.ts';
import type { Snapshot } from './snapshot.ts';
import type { UsagePlan } from './usage-plan.ts';

/** What turns one snapshot into another: plain data, sent to the workers with every change. Costs what has changed, not what there is. */
export interface SnapshotDiff {
  readonly format: 1;
  /** Revision of the snapshot that it applies to. */
  readonly from: number;
  /** Revision of the snapshot that comes out. */
  readonly to: number;
  readonly listeners: ListenerChanges;
  readonly pools: Changes<Pool>;
  readonly certificates: Changes<Certificate>;
  readonly functions: Changes<LambdaFunction>;
  readonly stages: Changes<ApiStage>;
  readonly plans: Changes<UsagePlan>;
  readonly identities: Changes<Identity>;
}

export interface Changes<Node> {
  /** New nodes and those that replace one of the same id. */
  readonly put: readonly Node[];
  /** Ids of nodes that are gone. */
  readonly delete: readonly string[];
}

export interface ListenerChanges extends Changes<Listener> {
  /** Listeners that are the same but for a run of routes and perhaps their settings: one rule among ten thousand is sent as one rule. */
  readonly edit: readonly ListenerEdit[];
}

export interface ListenerEdit {
  readonly id: string;
  /** Everything but the routes; null: as before. */
  readonly settings: Omit<Listener, 'routes'> | null;
  /** From index `at` on, `remove` routes give way to `insert`. */
  readonly routes: { readonly at: number; readonly remove: number; readonly insert: readonly Route[] };
}

/** Below this many routes a listener is sent whole: an edit would save nothing. */
const WHOLE_UP_TO = 16;

type Nodes<Node> = Readonly<Record<string, Node>>;

export function diff(previous: Snapshot, next: Snapshot): SnapshotDiff {
  return {
    format: 1,
    from: previous.revision,
    to: next.revision,
    listeners: listenerChanges(previous.listeners, next.listeners),
    pools: changes(previous.pools, next.pools),
    certificates: changes(previous.certificates, next.certificates),
    functions: changes(previous.functions, next.functions),
    stages: changes(previous.stages, next.stages),
    plans: changes(previous.plans, next.plans),
    identities: changes(previous.identities, next.identities),
  };
}

/** Whether the two snapshots serve alike, whatever their revisions. */
export function isEmptyDiff(difference: SnapshotDiff): boolean {
  const { listeners, pools, certificates, functions, stages, plans, identities } = difference;
  return listeners.edit.length === 0 && [listeners, pools, certificates, functions, stages, plans, identities].every((part) => part.put.length === 0 && part.delete.length === 0);
}

/**
 * The snapshot that `difference` leads to. Nodes that it does not name keep their identity, and so do the routes that an edit leaves alone.
 * Throws where `previous` is not the snapshot that the difference starts from: then the whole snapshot has to be sent.
 */
export function apply(previous: Snapshot, difference: SnapshotDiff): Snapshot {
  if (previous.revision !== difference.from) {
    throw new Error(`A difference from revision ${difference.from} cannot be applied to revision ${previous.revision}: send the whole snapshot`);
  }
  return {
    format: 1,
    revision: difference.to,
    listeners: applied(edited(previous.listeners, difference.listeners.edit), difference.listeners),
    pools: applied(previous.pools, difference.pools),
    certificates: applied(previous.certificates, difference.certificates),
    functions: applied(previous.functions, difference.functions),
    stages: applied(previous.stages, difference.stages),
    plans: applied(previous.plans, difference.plans),
    identities: applied(previous.identities, difference.identities),
  };
}

function changes<Node>(previous: Nodes<Node>, next: Nodes<Node>): Changes<Node> {
  if (previous === next) return { put: [], delete: [] };
  const put: Node[] = [];
  for (const [id, node] of Object.entries(next)) if (!sameData(previous[id], node)) put.push(node);
  return { put, delete: gone(previous, next) };
}

function gone(previous: Nodes<unknown>, next: Nodes<unknown>): readonly string[] {
  return Object.keys(previous).filter((id) => !Object.hasOwn(next, id));
}

function listenerChanges(previous: Nodes<Listener>, next: Nodes<Listener>): ListenerChanges {
  const put: Listener[] = [];
  const edit: ListenerEdit[] = [];
  if (previous === next) return { put, edit, delete: [] };
  for (const [id, listener] of Object.entries(next)) {
    const before = previous[id];
    if (before === listener) continue;
    if (!before || listener.routes.length <= WHOLE_UP_TO) {
      if (!sameData(before, listener)) put.push(listener);
      continue;
    }
    const change = editOf(before, listener);
    if (change.routes.insert.length * 2 > listener.routes.length) put.push(listener);
    else if (change.settings !== null || change.routes.insert.length > 0 || change.routes.remove > 0) edit.push(change);
  }
  return { put, edit, delete: gone(previous, next) };
}

function editOf(before: Listener, after: Listener): ListenerEdit {
  const { routes: old, ...oldSettings } = before;
  const { routes, ...settings } = after;
  const shortest = Math.min(old.length, routes.length);
  let at = 0;
  while (at < shortest && sameData(old[at], routes[at])) at++;
  let tail = 0;
  while (tail < shortest - at && sameData(old[old.length - 1 - tail], routes[routes.length - 1 - tail])) tail++;
  return {
    id: after.id,
    settings: sameData(oldSettings, settings) ? null : settings,
    routes: { at, remove: old.length - tail - at, insert: routes.slice(at, routes.length - tail) },
  };
}

function edited(previous: Nodes<Listener>, edits: readonly ListenerEdit[]): Nodes<Listener> {
  if (edits.length === 0) return previous;
  const next: Record<string, Listener> = { ...previous };
  for (const { id, settings, routes } of edits) {
    const before = previous[id];
    if (!before) throw new Error(`A difference edits listener ${id}, which the snapshot does not have: send the whole snapshot`);
    next[id] = { ...(settings ?? before), routes: [...before.routes.slice(0, routes.at), ...routes.insert, ...before.routes.slice(routes.at + routes.remove)] };
  }
  return next;
}

function applied<Node extends { readonly id: string }>(previous: Nodes<Node>, { put, delete: removed }: Changes<Node>): Nodes<Node> {
  if (put.length === 0 && removed.length === 0) return previous;
  const next: Record<string, Node> = { ...previous };
  for (const id of removed) delete next[id];
  for (const node of put) next[node.id] = node;
  return next;
}
