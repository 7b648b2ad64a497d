import type { Service } from '../../../aws/index.ts';
import type { Connections } from '../../../snapshot/index.ts';
import type { Environment } from '../environment.ts';
import { connectionOperations } from './connection.ts';

/** `@connections`: messages to the clients of WebSocket APIs, from behind. `connections` reaches them wherever they are. */
export function managementService(environment: Environment, connections: Connections): Service {
  return { name: 'apigatewaymanagementapi', operations: connectionOperations(environment, connections), refusals: {} };
}
