import type { DeleteConnectionCommandInput, GetConnectionCommandInput, GetConnectionCommandOutput, PostToConnectionCommandInput } from '@aws-sdk/client-apigatewaymanagementapi';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { ConnectionCaller, ConnectionCommand, ConnectionOutcome, Connections, ConnectionScope } from '../../../snapshot/index.ts';
import type { Environment } from '../environment.ts';
import { managementAddress } from './address.ts';

/** Octets of a message: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const LONGEST = 131_072;

export function connectionOperations(environment: Environment, connections: Connections) {
  async function reach(connectionId: string, call: Call, command: ConnectionCommand): Promise<ConnectionOutcome> {
    const outcome = await connections.command({ connectionId, scope: scopeOf(environment, call), caller: callerOf(call), command });
    switch (outcome.kind) {
      case 'gone':
        throw new AwsError('GoneException', '');
      case 'denied':
        throw new AwsError('AccessDeniedException', outcome.message, { status: 403 });
      case 'malformed':
        // seen of the service; the model does not name it
        throw new AwsError('BadRequestException', `Invalid connectionId: ${connectionId}`, { status: 400 });
      case 'full':
      case 'throttled':
        throw new AwsError('LimitExceededException', '');
      case 'too-large':
        throw tooLarge();
      case 'done':
      case 'status':
        return outcome;
    }
  }

  return {
    async PostToConnection(input: PostToConnectionCommandInput, call: Call): Promise<Record<string, never>> {
      const data = (input.Data ?? new Uint8Array(0)) as Uint8Array;
      if (data.byteLength > LONGEST) throw tooLarge();
      await reach(input.ConnectionId!, call, { kind: 'post', data });
      return {};
    },

    async GetConnection(input: GetConnectionCommandInput, call: Call): Promise<Omit<GetConnectionCommandOutput, '$metadata'>> {
      const outcome = await reach(input.ConnectionId!, call, { kind: 'get' });
      if (outcome.kind !== 'status') throw new AwsError('GoneException', '');
      const { connectedAt, lastActiveAt, sourceIp, userAgent } = outcome;
      return { ConnectedAt: new Date(connectedAt), LastActiveAt: new Date(lastActiveAt), Identity: { SourceIp: sourceIp, UserAgent: userAgent } };
    },

    async DeleteConnection(input: DeleteConnectionCommandInput, call: Call): Promise<Record<string, never>> {
      await reach(input.ConnectionId!, call, { kind: 'delete' });
      return {};
    },
  };
}

/** Null: nobody with policies of his own. The control endpoint speaks no TLS. */
function callerOf({ accessKeyId, remoteAddress, userAgent = null }: Call): ConnectionCaller | null {
  return accessKeyId === null ? null : { accessKeyId, sourceIp: remoteAddress, userAgent, secure: false };
}

function tooLarge(): AwsError {
  return new AwsError('PayloadTooLargeException', 'Message too long');
}

/** Whose connections a call may reach. What an API's own name is called with must be that API's account, and a stage that it has. */
function scopeOf({ store }: Environment, call: Call): ConnectionScope {
  const { apiId, stage } = managementAddress(call);
  if (apiId !== null) {
    const api = store.world.get('apigatewayv2/api', apiId);
    const known = api?.protocolType === 'WEBSOCKET' && api.account === call.account && stage !== null && store.world.get('apigatewayv2/stage', `${apiId}/${stage}`) !== undefined;
    if (!known) throw new AwsError('ForbiddenException', 'Forbidden');
    return { account: api.account, region: api.region, apiId, stage };
  }
  return { account: call.account, region: call.region, apiId, stage };
}
