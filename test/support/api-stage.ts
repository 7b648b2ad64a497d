import type { Call, Operation } from '../../src/aws/index.ts';
import { FakeClock } from '../../src/kernel/index.ts';
import { apiGatewayV2Service, type Environment } from '../../src/control-plane/services/index.ts';
import { testCall, testEnvironment } from './environment.ts';

/** API Gateway v2 in memory: its operations as functions, with the shapes of the model. */
export interface ApiStage {
  readonly environment: Environment & { readonly clock: FakeClock };
  /** Calls an operation; the shapes are the model's, so an answer is whatever the caller says it is. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly v2: <T = any>(operation: string, input: Readonly<Record<string, unknown>>, call?: Partial<Call>) => Promise<T>;
  /** An empty HTTP API's id. */
  readonly http: (more?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** An empty WebSocket API's id. */
  readonly socket: (more?: Readonly<Record<string, unknown>>) => Promise<string>;
}

export const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:hello';
export const INVOCATION = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`;

export function apiStage(more: Partial<Environment> = {}): ApiStage {
  const environment = { ...testEnvironment(more), clock: new FakeClock() };
  const service = apiGatewayV2Service(environment);
  // oxlint-disable-next-line typescript/no-explicit-any
  const v2 = async <T = any>(operation: string, input: Readonly<Record<string, unknown>>, call: Partial<Call> = {}): Promise<T> => {
    const run = service.operations[operation] as Operation;
    return (await run(input, testCall({ service: 'apigatewayv2', operation, ...call }))) as T;
  };
  return {
    environment,
    v2,
    http: async (input = {}) => (await v2<{ ApiId: string }>('CreateApi', { Name: 'http', ProtocolType: 'HTTP', ...input })).ApiId,
    socket: async (input = {}) => (await v2<{ ApiId: string }>('CreateApi', { Name: 'socket', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action', ...input })).ApiId,
  };
}
