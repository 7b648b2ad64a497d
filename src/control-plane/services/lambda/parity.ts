import { memberParity } from '../members.ts';
import { LAMBDA_MEMBERS } from './members.ts';

const SOURCES = 'Event sources are not polled here: invoke the function directly or through a load balancer.';
const DURABLE = 'Durable functions are not supported here.';
const POLICIES = 'Resource policies are written statement by statement here: use AddPermission, RemovePermission and GetPolicy.';
const CAPACITY = 'Capacity providers are not supported here: functions run on the machine of the installation.';

/** Operations that are refused, and the sentence that their callers get. */
export const OPERATION_REFUSALS: Readonly<Record<string, string>> = {
  CreateEventSourceMapping: SOURCES,
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
  GetCapacityProvider: CAPACITY,
  DeleteCapacityProvider: CAPACITY,
  ListFunctionVersionsByCapacityProvider: CAPACITY,
  PutFunctionScalingConfig: CAPACITY,
  GetFunctionScalingConfig: CAPACITY,
  PutResourcePolicy: POLICIES,
  GetResourcePolicy: POLICIES,
  DeleteResourcePolicy: POLICIES,
};

/** What differs from AWS, as data: `turnpike parity` prints it. */
export interface ParityNote {
  readonly setting: string;
  /** Kept and answered but without effect; refused; or executed in another way. */
  readonly state: 'kept' | 'refused' | 'different' | 'beyond';
  readonly why: string;
}

export const lambdaParity: readonly ParityNote[] = [
  ...memberParity(LAMBDA_MEMBERS),
  { setting: 'Function Runtime java*, dotnet*, ruby*, go1.x and images', state: 'refused', why: 'Node (the installation\'s own), Python (where the machine has a python3) and the function\'s own bootstrap (provided.*) are run.' },
  { setting: 'Function Runtime nodejs*', state: 'different', why: 'All Node runtimes run on the Node of the installation; the AWS SDK is not part of it: put it into the zip.' },
  { setting: 'Function Runtime python3.*', state: 'different', why: 'Run by the interpreter of that very version where PATH has it, else by the machine\'s python3; boto3 is not part of it: put it into the zip or a layer.' },
  { setting: 'Function Code S3Bucket, S3Key', state: 'different', why: 'Buckets are folders below the data folder\'s s3/; S3ObjectVersion is not known.' },
  { setting: 'Function Code S3Bucket "hot-reload"', state: 'different', why: 'S3Key is then a folder of the machine, run as it is when the function is called; allowed below the folders of the setting function-folders only.' },
  { setting: 'Function Layers', state: 'different', why: 'At /opt where Turnpike is root and may mount (Linux, util-linux). Elsewhere their files lie in a folder of their own, which LAMBDA_LAYERS_ROOT names and PATH, NODE_PATH, PYTHONPATH and LD_LIBRARY_PATH hold: code that opens /opt/... itself does not find them. Extensions and AWS_LAMBDA_EXEC_WRAPPER scripts in them are started.' },
  { setting: 'Layer CompatibleRuntimes, CompatibleArchitectures, LicenseInfo', state: 'kept', why: 'Answered and listed by; not held against the function, as on AWS.' },
  { setting: 'Extensions, Telemetry API', state: 'different', why: 'Destinations over HTTP and TCP, at sandbox.localdomain or the loopback address; events have no spans. Where layers are at /opt, sandbox.localdomain resolves to an address of the environment\'s own; elsewhere extensions listen on 127.0.0.1 or 0.0.0.0, and share the machine\'s ports.' },
  { setting: 'Function Code, symbolic links in the zip', state: 'refused', why: 'A link would lead out of the shared, read-only folder.' },
  { setting: 'Function SnapStart ApplyOn PublishedVersions', state: 'refused', why: 'Environments are not restored from snapshots here.' },
  { setting: 'Function, between invocations', state: 'different', why: 'Not frozen: timers and connections of a function go on while it waits. Its memory is looked at then too.' },
  { setting: 'Function Architectures', state: 'kept', why: 'Functions run on the machine\'s own architecture.' },
  { setting: 'Function EphemeralStorage', state: 'kept', why: 'An environment has a scratch folder of its own (TMPDIR), whose size is not limited; /tmp is the machine\'s.' },
  { setting: 'Function TracingConfig', state: 'kept', why: 'The trace id is passed to the function; no segments are recorded.' },
  { setting: 'Function VpcConfig', state: 'kept', why: 'Checked and answered; a function\'s traffic does not pass through the VPC.' },
  { setting: 'Function Role', state: 'kept', why: 'Checked for its form; the function gets placeholder credentials for the control endpoint.' },
  { setting: 'Function State, LastUpdateStatus', state: 'different', why: 'Active and Successful at once: answers wait until the change is in place.' },
  { setting: 'Invoke InvocationType Event', state: 'different', why: 'Kept on disk until it has been run; what was under way when the process ended is run again, its attempts counted anew.' },
  { setting: 'EventInvokeConfig DestinationConfig', state: 'different', why: 'Functions only: there are no queues, topics, buses and buckets to deliver to; others are refused by name.' },
  { setting: 'FunctionUrlConfig', state: 'different', why: 'Served over HTTPS and HTTP at URLID.lambda-url.REGION.SUFFIX, with a certificate of the local authority. The principal * and lambda:InvokeFunctionUrl in the function\'s policy is what NONE asks for; lambda:InvokeFunction is not demanded beside it.' },
  { setting: 'FunctionUrlConfig InvokeMode RESPONSE_STREAM', state: 'different', why: 'What a handler returns without streaming is sent as it is, as a body of type application/json.' },
  { setting: 'CodeSigningConfig', state: 'different', why: 'Signatures cannot be checked: Enforce refuses all code, Warn takes it.' },
  { setting: 'Function RuntimeVersionConfig', state: 'different', why: 'The ARN stands for the runtime and the architecture, not for a build of it: the installation has one of each.' },
  { setting: 'RuntimeManagementConfig', state: 'kept', why: 'Runtimes are those of the installation, updated with it.' },
  { setting: 'FunctionRecursionConfig', state: 'kept', why: 'No queue, topic or bucket is served through which a function could call itself.' },
  { setting: 'AliasConfiguration RoutingConfig', state: 'different', why: 'Shares are dealt out in turn, exact to one invocation, instead of by chance.' },
];
