import { memberParity } from '../members.ts';
import { LAMBDA_MEMBERS } from './members.ts';
import { RUNTIMES } from './settings.ts';

const LAYERS = 'Layers are not supported here: put what they hold into the zip of the function.';
const SOURCES = 'Event sources are not polled here: invoke the function directly or through a load balancer.';
const URLS = 'Function URLs are not served yet: put a load balancer in front of the function.';
const SIGNING = 'Code signing is not supported here.';
const PROVISIONED = 'Provisioned concurrency is not supported here: environments are started when they are needed and kept warm.';
const DURABLE = 'Durable functions are not supported here.';
const CAPACITY = 'Capacity providers are not supported here: functions run on the machine of the installation.';

/** Operations that are refused, and the sentence that their callers get. */
export const OPERATION_REFUSALS: Readonly<Record<string, string>> = {
  AddLayerVersionPermission: LAYERS,
  DeleteLayerVersion: LAYERS,
  GetLayerVersion: LAYERS,
  GetLayerVersionByArn: LAYERS,
  GetLayerVersionPolicy: LAYERS,
  PublishLayerVersion: LAYERS,
  RemoveLayerVersionPermission: LAYERS,
  CreateEventSourceMapping: SOURCES,
  UpdateEventSourceMapping: SOURCES,
  CreateFunctionUrlConfig: URLS,
  UpdateFunctionUrlConfig: URLS,
  CreateCodeSigningConfig: SIGNING,
  UpdateCodeSigningConfig: SIGNING,
  PutFunctionCodeSigningConfig: SIGNING,
  PutProvisionedConcurrencyConfig: PROVISIONED,
  CheckpointDurableExecution: DURABLE,
  GetDurableExecution: DURABLE,
  GetDurableExecutionHistory: DURABLE,
  GetDurableExecutionState: DURABLE,
  ListDurableExecutionsByFunction: DURABLE,
  SendDurableExecutionCallbackFailure: DURABLE,
  SendDurableExecutionCallbackHeartbeat: DURABLE,
  SendDurableExecutionCallbackSuccess: DURABLE,
  StopDurableExecution: DURABLE,
  CreateCapacityProvider: CAPACITY,
  UpdateCapacityProvider: CAPACITY,
  InvokeWithResponseStream: 'Responses are not streamed to callers yet: use Invoke, which gives the whole response of a streaming handler.',
};

/** What differs from AWS, as data: `turnpike parity` prints it. */
export interface ParityNote {
  readonly setting: string;
  /** Kept and answered but without effect; refused; or executed in another way. */
  readonly state: 'kept' | 'refused' | 'different';
  readonly why: string;
}

export const lambdaParity: readonly ParityNote[] = [
  ...memberParity(LAMBDA_MEMBERS),
  { setting: `Function Runtime other than ${RUNTIMES.join(', ')}`, state: 'refused', why: 'Only Node and the function\'s own bootstrap are run.' },
  { setting: 'Function Runtime nodejs*', state: 'different', why: 'All Node runtimes run on the Node of the installation; the AWS SDK is not part of it: put it into the zip.' },
  { setting: 'Function Code S3Bucket, S3Key, ImageUri', state: 'refused', why: 'Code comes as ZipFile.' },
  { setting: 'Function Code, symbolic links in the zip', state: 'refused', why: 'A link would lead out of the shared, read-only folder.' },
  { setting: 'Function SnapStart ApplyOn PublishedVersions', state: 'refused', why: 'Environments are not restored from snapshots here.' },
  { setting: 'Function Architectures', state: 'kept', why: 'Functions run on the machine\'s own architecture.' },
  { setting: 'Function EphemeralStorage', state: 'kept', why: 'An environment has a scratch folder of its own (TMPDIR), whose size is not limited; /tmp is the machine\'s.' },
  { setting: 'Function TracingConfig', state: 'kept', why: 'The trace id is passed to the function; no segments are recorded.' },
  { setting: 'Function VpcConfig', state: 'kept', why: 'Checked and answered; a function\'s traffic does not pass through the VPC.' },
  { setting: 'Function Role', state: 'kept', why: 'Checked for its form; the function gets placeholder credentials for the control endpoint.' },
  { setting: 'Function State, LastUpdateStatus', state: 'different', why: 'Active and Successful at once: answers wait until the change is in place.' },
  { setting: 'Invoke InvocationType Event', state: 'different', why: 'Waiting events are kept in memory: those that wait when the process ends are lost.' },
  { setting: 'EventInvokeConfig DestinationConfig', state: 'refused', why: 'There are no queues to deliver to.' },
];
