import type { Call, Operation, Service } from '../../src/aws/index.ts';
import { apiGatewayService, apiGatewayV2Service, type Environment } from '../../src/control-plane/services/index.ts';
import type { FakeClock } from '../../src/kernel/index.ts';
import { testCall, testEnvironment } from './environment.ts';

type Input = Readonly<Record<string, unknown>>;

/** API keys, usage plans and the APIs that they are for, in memory: operations as functions, with the shapes of the models. */
export interface KeysStage {
  readonly environment: Environment & { readonly clock: FakeClock };
  /** Operations of API Gateway of 2015; an answer is whatever the caller says it is. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly v1: <T = any>(operation: string, input?: Input, call?: Partial<Call>) => Promise<T>;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly v2: <T = any>(operation: string, input: Input) => Promise<T>;
  /** A WebSocket API with a route `send` and stages; its id. */
  readonly socket: (...stages: readonly string[]) => Promise<string>;
  /** An enabled key's id. */
  readonly key: (name: string) => Promise<string>;
}

export function keysStage(more: Partial<Environment> = {}): KeysStage {
  const environment = testEnvironment(more) as KeysStage['environment'];
  const caller = (service: Service) => async (operation: string, input: Input = {}, call: Partial<Call> = {}) => (await (service.operations[operation] as Operation)(input, testCall({ service: service.name, operation, ...call }))) as never;
  const v1 = caller(apiGatewayService(environment)) as KeysStage['v1'];
  const v2 = caller(apiGatewayV2Service(environment)) as KeysStage['v2'];
  return {
    environment, v1, v2,
    async socket(...stages) {
      const { ApiId } = await v2<{ ApiId: string }>('CreateApi', { Name: 'socket', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' });
      await v2('CreateRoute', { ApiId, RouteKey: 'send' });
      for (const StageName of stages) await v2('CreateStage', { ApiId, StageName });
      return ApiId;
    },
    key: async (name) => (await v1<{ id: string }>('CreateApiKey', { name, enabled: true })).id,
  };
}
