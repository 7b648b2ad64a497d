import type { Integration } from '../../resources/apigatewayv2/index.ts';
import { badRequest } from './error.ts';

interface Subtype {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** What an HTTP API can call of AWS services, with the parameters: apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html */
const SUBTYPES: Readonly<Record<string, Subtype>> = {
  'EventBridge-PutEvents': { required: ['Detail', 'DetailType', 'Source'], optional: ['Time', 'EventBusName', 'Resources', 'Region', 'TraceHeader'] },
  'SQS-SendMessage': { required: ['QueueUrl', 'MessageBody'], optional: ['DelaySeconds', 'MessageAttributes', 'MessageDeduplicationId', 'MessageGroupId', 'MessageSystemAttributes', 'Region'] },
  'SQS-ReceiveMessage': { required: ['QueueUrl'], optional: ['AttributeNames', 'MaxNumberOfMessages', 'MessageAttributeNames', 'ReceiveRequestAttemptId', 'VisibilityTimeout', 'WaitTimeSeconds', 'Region'] },
  'SQS-DeleteMessage': { required: ['ReceiptHandle', 'QueueUrl'], optional: ['Region'] },
  'SQS-PurgeQueue': { required: ['QueueUrl'], optional: ['Region'] },
  'AppConfig-GetConfiguration': { required: ['Application', 'Environment', 'Configuration', 'ClientId'], optional: ['ClientConfigurationVersion', 'Region'] },
  'Kinesis-PutRecord': { required: ['StreamName', 'Data', 'PartitionKey'], optional: ['SequenceNumberForOrdering', 'ExplicitHashKey', 'Region'] },
  'StepFunctions-StartExecution': { required: ['StateMachineArn'], optional: ['Name', 'Input', 'Region'] },
  'StepFunctions-StartSyncExecution': { required: ['StateMachineArn'], optional: ['Name', 'Input', 'TraceHeader', 'Region'] },
  'StepFunctions-StopExecution': { required: ['ExecutionArn'], optional: ['Cause', 'Error', 'Region'] },
};

/** The sentences are AWS's but for the last. */
export function checkSubtype(subtype: string, settings: Pick<Integration, 'payloadFormatVersion' | 'credentialsArn' | 'requestParameters'>): void {
  const parameters = settings.requestParameters ?? {};
  const found = Object.hasOwn(SUBTYPES, subtype) ? SUBTYPES[subtype]! : null;
  if (!found || settings.payloadFormatVersion !== '1.0') throw badRequest(`Operation: ${subtype} is not supported.`);
  if (settings.credentialsArn === null) throw badRequest(`Role ARN must be specified for AWS integration configuration with Subtype: ${subtype}`);
  // All of them are named, whichever is missing (observed).
  if (!found.required.every((name) => Object.hasOwn(parameters, name))) throw badRequest(`Operation: ${subtype} requires enabling passthrough, or defining all of the following parameters in the parameter mapping: [${found.required.join(', ')}]`);
  const unknown = Object.keys(parameters).filter((name) => !found.required.includes(name) && !found.optional.includes(name));
  if (unknown.length > 0) throw badRequest(`Parameter(s) ${unknown.join(', ')} are not supported for integration subtype ${subtype}`);
}
