import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { aliasOperations } from './alias.ts';
import { codeSigningOperations } from './code-signing.ts';
import { concurrencyOperations } from './concurrency.ts';
import { invalid, notFound } from './error.ts';
import { eventInvokeConfigOperations } from './event-invoke-config.ts';
import { functionUrlOperations } from './function-url.ts';
import { functionOperations } from './function.ts';
import { invocationOperations } from './invocation.ts';
import { layerOperations } from './layer.ts';
import { managementOperations } from './management.ts';
import { LAMBDA_MEMBERS } from './members.ts';
import { OPERATION_REFUSALS } from './parity.ts';
import { permissionOperations } from './permission.ts';
import { provisionedConcurrencyOperations } from './provisioned-concurrency.ts';
import { tagOperations } from './tag.ts';
import { versionOperations } from './version.ts';

/** AWS Lambda: what every operation of the model does, or why it is refused. */
export function lambdaService(environment: Environment): Service {
  return {
    name: 'lambda',
    operations: refusing(
      {
        ...functionOperations(environment),
        ...versionOperations(environment),
        ...aliasOperations(environment),
        ...permissionOperations(environment),
        ...tagOperations(environment),
        ...concurrencyOperations(environment),
        ...eventInvokeConfigOperations(environment),
        ...invocationOperations(environment),
        ...layerOperations(environment),
        ...functionUrlOperations(environment),
        ...provisionedConcurrencyOperations(environment),
        ...codeSigningOperations(environment),
        ...managementOperations(environment),
        ...fixedOperations(),
      },
      LAMBDA_MEMBERS,
      (_member, why) => invalid(why),
    ),
    refusals: OPERATION_REFUSALS,
  };
}

/** Reads of what nobody has here, because the operations that would make it are refused: the answers are true. */
function fixedOperations() {
  return {
    ListEventSourceMappings: () => ({ EventSourceMappings: [] }),
    GetEventSourceMapping: () => missing(),
    UpdateEventSourceMapping: () => missing(),
    DeleteEventSourceMapping: () => missing(),
    ListCapacityProviders: () => ({ CapacityProviders: [] }),
  };
}

function missing(): never {
  throw notFound('The resource you requested does not exist.');
}
