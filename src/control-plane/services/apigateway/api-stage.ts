import type { Call } from '../../../aws/index.ts';
import { routeKeyOf, type ApiStage, type UsagePlan } from '../../resources/apigateway/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest, conflict, notFound } from './error.ts';
import { checkedThrottle } from './usage-plan-settings.ts';
import type { WireApiStage } from './wire.ts';

/** `API:STAGE`, as patch operations name a stage. */
export function stageName({ apiId, stage }: Pick<ApiStage, 'apiId' | 'stage'>): string {
  return `${apiId}:${stage}`;
}

/** A stage that a plan names: of a WebSocket API, or of an HTTP API where the installation goes beyond AWS. */
export function checkedStage({ apiId = '', stage = '', throttle = {} }: WireApiStage, { world, environment, call }: { readonly world: World; readonly environment: Pick<Environment, 'beyondAws'>; readonly call: Call }): ApiStage {
  // AWS leaves the placeholders as they are: https://github.com/aws/aws-sdk/issues/354
  if (apiId === '' || stage === '') throw badRequest('Invalid API Stage {api: %s, stage: %s} specified for usageplan %s');
  const api = world.get('apigatewayv2/api', apiId);
  const found = api?.account === call.account && api.region === call.region ? world.get('apigatewayv2/stage', `${apiId}/${stage}`) : undefined;
  if (!api || !found) throw notFound(`API Stage not found: ${apiId}:${stage}`);
  if (api.protocolType === 'HTTP' && !environment.beyondAws.has('api-keys')) throw badRequest('Usage Plans are not supported for APIs with a protocol type of HTTP');
  for (const path of Object.keys(throttle)) checkRoute(world, apiId, path);
  return { apiId, stage, throttle: Object.fromEntries(Object.entries(throttle).map(([path, settings]) => [path, checkedThrottle(settings)])) };
}

export function checkRoute(world: World, apiId: string, path: string): void {
  const key = routeKeyOf(path, world.get('apigatewayv2/api', apiId)?.protocolType ?? 'WEBSOCKET');
  if (!world.children('apigatewayv2/route', apiId).some(({ routeKey }) => routeKey === key)) throw notFound(`Invalid Method identifier specified: ${path}`);
}

/** "A given API key can only be associated with one usage plan for each stage of your API." */
export function checkAlone(world: World, plan: UsagePlan, { keyId, call }: { readonly keyId: string; readonly call: Pick<Call, 'account' | 'region'> }): void {
  const stages = new Set(plan.apiStages.map(stageName));
  for (const member of world.list('apigateway/usage-plan-key', call)) {
    if (member.keyId !== keyId || member.parent === plan.id) continue;
    const shared = world.get('apigateway/usage-plan', member.parent ?? '')?.apiStages.find((stage) => stages.has(stageName(stage)));
    if (shared) throw conflict(`Usage Plan ${plan.id} cannot be added because API Key ${keyId} cannot reference multiple Usage Plans with the same API stage: ${stageName(shared)}`);
  }
}

/** Takes a stage that is going, or all of an API, out of the plans that name it. */
export function leavePlans(transaction: Transaction, gone: { readonly account: string; readonly region: string; readonly apiId: string; readonly stage: string | null }): void {
  for (const plan of transaction.list('apigateway/usage-plan', gone)) {
    const left = plan.apiStages.filter(({ apiId, stage }) => apiId !== gone.apiId || (gone.stage !== null && stage !== gone.stage));
    if (left.length < plan.apiStages.length) transaction.put('apigateway/usage-plan', { ...plan, apiStages: left });
  }
}
