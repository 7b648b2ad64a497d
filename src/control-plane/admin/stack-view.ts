import type { Stack } from '../resources/templates/index.ts';
import { AdminError, textOf } from './request.ts';
import type { StackRun } from './sources.ts';

/** A stack as it may be shown: without properties of resources and values of NoEcho parameters, which may be secret. */
export interface StackView {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly description: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Stack['outputs'];
  readonly resources: readonly { readonly logicalId: string; readonly type: string; readonly physicalId: string }[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export function stackView(stack: Stack): StackView {
  const { name, id, status, reason, description, outputs } = stack;
  return {
    name, id, status, reason, description, outputs,
    parameters: Object.fromEntries(Object.entries(stack.parameters).map(([key, value]) => [key, stack.noEcho.includes(key) ? '****' : value])),
    resources: stack.resources.map(({ logicalId, type, physicalId }) => ({ logicalId, type, physicalId })),
    createdAt: new Date(stack.createdAt).toISOString(),
    updatedAt: new Date(stack.updatedAt).toISOString(),
  };
}

/** One run, as it is answered. */
export function runView(run: StackRun): object {
  return {
    outcome: run.outcome,
    failure: run.failure,
    stack: run.stack === null ? null : stackView(run.stack),
    events: run.events.map(({ at, logicalId, type, physicalId, status, reason }) => ({ at: new Date(at).toISOString(), logicalId, type, physicalId, status, reason })),
  };
}

export interface StackRequest {
  readonly template: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly baseFolder: string | null;
}

/** Reads `{ template, name, parameters, baseFolder }`. */
export function stackRequestOf(body: Readonly<Record<string, unknown>>): StackRequest {
  const parameters = body['parameters'] ?? {};
  if (typeof parameters !== 'object' || Array.isArray(parameters) || Object.values(parameters as object).some((value) => typeof value !== 'string')) {
    throw new AdminError(400, 'InvalidMember', { message: `parameters is ${JSON.stringify(parameters)}: give a map of names to texts.` });
  }
  return {
    template: textOf(body, 'template', true)!,
    name: textOf(body, 'name', true)!,
    parameters: parameters as Readonly<Record<string, string>>,
    baseFolder: textOf(body, 'baseFolder', false),
  };
}
