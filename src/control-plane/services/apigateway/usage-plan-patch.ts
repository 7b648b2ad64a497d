import type { Call } from '../../../aws/index.ts';
import type { ApiStage, QuotaSettings, UsagePlan } from '../../resources/apigateway/index.ts';
import type { World } from '../../store/index.ts';
import { given } from '../apigatewayv2/text.ts';
import type { Environment } from '../environment.ts';
import { checkedStage, checkRoute, stageName } from './api-stage.ts';
import { badRequest, conflict } from './error.ts';
import { numberOf, wrongPath, wrongValue } from './patch.ts';
import { checkedQuota, checkedThrottle } from './usage-plan-settings.ts';
import type { PatchOperation, WireQuota, WireThrottle } from './wire.ts';

const SCALARS = ['/quota/limit', '/quota/offset', '/quota/period', '/throttle/burstLimit', '/throttle/rateLimit'];
const OF_STAGES = ['/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>', '/apiStages/<apidId:stageName>/throttle'];
/** What each operation may say; the list of `remove` was seen. https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  add: ['/apiStages', '/productCode', ...SCALARS],
  replace: ['/name', '/description', '/productCode', ...SCALARS, ...OF_STAGES.map((path, at) => (at === 0 ? `${path}/rateLimit` : path))],
  remove: ['/apiStages', '/quota', '/throttle', '/productCode', ...OF_STAGES],
};

interface Draft extends Omit<UsagePlan, 'quota'> {
  /** What operations that follow one another have said so far: only together they make sense. */
  readonly quota: WireQuota | null;
}

interface Around {
  readonly world: World;
  readonly environment: Environment;
  readonly call: Call;
}

export function patchedPlan(plan: UsagePlan, operations: readonly PatchOperation[], around: Around): UsagePlan {
  const draft = operations.reduce((before: Draft, operation) => patched(before, operation, around), plan);
  return { ...draft, quota: draft.quota === null ? null : checkedQuota(draft.quota) };
}

function patched(plan: Draft, operation: PatchOperation, around: Around): Draft {
  const { op = '', path = '', value } = operation;
  const wrong = (): Error => wrongPath(operation, PATHS[op] ?? []);
  if (PATHS[op] === undefined) throw wrong();
  if (path.startsWith('/apiStages/')) return { ...plan, apiStages: patchedStages(plan.apiStages, operation, around.world) };
  if (!PATHS[op].includes(path)) throw wrong();
  const quota = (more: Partial<QuotaSettings> | { readonly period: string }): Draft => ({ ...plan, quota: { ...plan.quota, ...more } });
  const throttle = (more: WireThrottle): Draft => ({ ...plan, throttle: checkedThrottle({ ...plan.throttle, ...more }) });
  switch (path) {
    case '/name':
      if (!value) throw badRequest('Usage Plan name cannot be blank');
      return { ...plan, name: value };
    case '/description': return { ...plan, description: given(value) };
    case '/productCode': return { ...plan, productCode: op === 'remove' ? null : given(value) };
    case '/quota/limit': return quota({ limit: numberOf(operation) });
    case '/quota/offset': return quota({ offset: numberOf(operation) });
    case '/quota/period': return quota({ period: value ?? '' });
    case '/throttle/burstLimit': return throttle({ burstLimit: numberOf(operation) });
    case '/throttle/rateLimit': return throttle({ rateLimit: numberOf(operation) });
    case '/quota': return { ...plan, quota: null };
    case '/throttle': return { ...plan, throttle: null };
    case '/apiStages': return { ...plan, apiStages: op === 'add' ? withStage(plan.apiStages, operation, around) : withoutStage(plan.apiStages, operation) };
    default: throw wrong();
  }
}

function withStage(stages: readonly ApiStage[], { value = '' }: PatchOperation, around: Around): readonly ApiStage[] {
  const [, apiId = '', stage = ''] = /^([^:]+):(.+)$/.exec(value) ?? [];
  if (apiId === '') throw badRequest('Invalid API Stage specified');
  if (stages.some((one) => stageName(one) === value)) throw conflict(`API Stage ${value} is already associated with the Usage Plan`);
  return [...stages, checkedStage({ apiId, stage }, around)];
}

function withoutStage(stages: readonly ApiStage[], { value = '' }: PatchOperation): readonly ApiStage[] {
  const left = stages.filter((stage) => stageName(stage) !== value);
  if (left.length === stages.length) throw badRequest('Invalid API Stage specified');
  return left;
}

/** `/apiStages/API:STAGE/throttle/ROUTE/rateLimit`, ROUTE with or without the escapes of JSON pointers (RFC 6901). */
function patchedStages(stages: readonly ApiStage[], operation: PatchOperation, world: World): readonly ApiStage[] {
  const { op = '', path = '' } = operation;
  const [, name, more = ''] = /^\/apiStages\/([^/]+)\/throttle(?:\/(.*))?$/s.exec(path) ?? [];
  if (name === undefined || op === 'add') throw wrongPath(operation, PATHS[op] ?? []);
  const stage = stages.find((one) => stageName(one) === name);
  if (!stage) throw badRequest('Invalid API Stage specified');
  const put = (throttle: ApiStage['throttle']): readonly ApiStage[] => stages.map((one) => (one === stage ? { ...stage, throttle } : one));
  if (more === '') return put(op === 'remove' ? {} : wholeThrottle(operation, stage.apiId, world));
  const [, escaped = more, limit] = /^(.*)\/(rateLimit|burstLimit)$/s.exec(more) ?? [];
  const route = unescaped(escaped);
  if (op === 'remove') return put(Object.fromEntries(Object.entries(stage.throttle).filter(([key]) => key !== route)));
  if (limit === undefined) throw wrongPath(operation, PATHS[op] ?? []);
  checkRoute(world, stage.apiId, route);
  const before = Object.hasOwn(stage.throttle, route) ? stage.throttle[route] : undefined;
  return put({ ...stage.throttle, [route]: checkedThrottle({ ...before, [limit]: numberOf(operation) }) });
}

function unescaped(pointer: string): string {
  return pointer.replaceAll('~1', '/').replaceAll('~0', '~');
}

function wholeThrottle(operation: PatchOperation, apiId: string, world: World): ApiStage['throttle'] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(operation.value ?? '');
  } catch {
    throw wrongValue(operation, 'must be JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw wrongValue(operation, 'must be a map of methods to rateLimit and burstLimit');
  return Object.fromEntries(Object.entries(parsed).map(([route, settings]: [string, unknown]) => {
    if (typeof settings !== 'object' || settings === null) throw wrongValue(operation, 'must be a map of methods to rateLimit and burstLimit');
    checkRoute(world, apiId, route);
    const limit = (name: 'rateLimit' | 'burstLimit'): number | null => {
      const found = (settings as Readonly<Record<string, unknown>>)[name];
      if (found !== undefined && typeof found !== 'number') throw wrongValue(operation, `must have a number as ${name}`);
      return found ?? null;
    };
    return [route, checkedThrottle({ rateLimit: limit('rateLimit'), burstLimit: limit('burstLimit') })];
  }));
}
