import type { Call, Operation } from '../../src/aws/index.ts';
import { apiGatewayService, type Environment } from '../../src/control-plane/services/index.ts';
import { apiStage, type ApiStage } from './api-stage.ts';
import { testCall } from './environment.ts';

type Input = Readonly<Record<string, unknown>>;

/** API keys, usage plans and the APIs that they are for, in memory: operations as functions, with the shapes of the models. */
export interface KeysStage extends Pick<ApiStage, 'environment' | 'v2'> {
  /** Operations of API Gateway of 2015; an answer is whatever the caller says it is. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly v1: <T = any>(operation: string, input?: Input, call?: Partial<Call>) => Promise<T>;
  /** A WebSocket API with a route `send` and stages; its id. */
  readonly socket: (...stages: readonly string[]) => Promise<string>;
  /** An enabled key's id. */
  readonly key: (name: string) => Promise<string>;
}

export function keysStage(more: Partial<Environment> = {}): KeysStage {
  const { environment, v2, socket } = apiStage(more);
  const { name: service, operations } = apiGatewayService(environment);
  // oxlint-disable-next-line typescript/no-explicit-any
  const v1 = async <T = any>(operation: string, input: Input = {}, call: Partial<Call> = {}): Promise<T> => (await (operations[operation] as Operation)(input, testCall({ service, operation, ...call }))) as T;
  return {
    environment, v1, v2,
    async socket(...stages) {
      const ApiId = await socket();
      await v2('CreateRoute', { ApiId, RouteKey: 'send' });
      for (const StageName of stages) await v2('CreateStage', { ApiId, StageName });
      return ApiId;
    },
    key: async (name) => (await v1<{ id: string }>('CreateApiKey', { name, enabled: true })).id,
  };
}
