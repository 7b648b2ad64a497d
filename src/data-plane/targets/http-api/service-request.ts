import { percentEncoded } from '../../../kernel/index.ts';

/** What an AWS service is sent for an integration subtype. */
export interface ServiceRequest {
  /** As it is signed for. */
  readonly service: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Values = Readonly<Record<string, string>>;

/**
 * The request of a subtype from its parameters, which are texts whatever they stand for.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html
 */
export function serviceRequest(subtype: string, values: Values): ServiceRequest | null {
  switch (subtype) {
    case 'EventBridge-PutEvents': {
      const { Detail, DetailType, Source, Time, EventBusName, Resources, TraceHeader } = values;
      return json('events', 'application/x-amz-json-1.1', 'AWSEvents.PutEvents', {
        Entries: [{ Detail, DetailType, Source, EventBusName, TraceHeader, ...(Time !== undefined && { Time: Number.isNaN(Number(Time)) ? Date.parse(Time) / 1000 : Number(Time) }), ...(Resources !== undefined && { Resources: listOf(Resources) }) }],
      });
    }
    case 'SQS-SendMessage':
      return query('SendMessage', values);
    case 'SQS-ReceiveMessage':
      return query('ReceiveMessage', values);
    case 'SQS-DeleteMessage':
      return query('DeleteMessage', values);
    case 'SQS-PurgeQueue':
      return query('PurgeQueue', values);
    case 'Kinesis-PutRecord': {
      const { Data = '', ...rest } = values;
      return json('kinesis', 'application/x-amz-json-1.1', 'Kinesis_20131202.PutRecord', { ...rest, Data: Buffer.from(Data, 'utf8').toString('base64') });
    }
    case 'StepFunctions-StartExecution':
      return json('states', 'application/x-amz-json-1.0', 'AWSStepFunctions.StartExecution', { stateMachineArn: values.StateMachineArn, name: values.Name, input: values.Input });
    case 'StepFunctions-StartSyncExecution':
      return json('states', 'application/x-amz-json-1.0', 'AWSStepFunctions.StartSyncExecution', { stateMachineArn: values.StateMachineArn, name: values.Name, input: values.Input, traceHeader: values.TraceHeader });
    case 'StepFunctions-StopExecution':
      return json('states', 'application/x-amz-json-1.0', 'AWSStepFunctions.StopExecution', { executionArn: values.ExecutionArn, cause: values.Cause, error: values.Error });
    case 'AppConfig-GetConfiguration': {
      const { Application = '', Environment = '', Configuration = '', ClientId = '', ClientConfigurationVersion } = values;
      const version = ClientConfigurationVersion === undefined ? '' : `&client_configuration_version=${percentEncoded(ClientConfigurationVersion)}`;
      const path = `/applications/${percentEncoded(Application)}/environments/${percentEncoded(Environment)}/configurations/${percentEncoded(Configuration)}?client_id=${percentEncoded(ClientId)}${version}`;
      return { service: 'appconfig', method: 'GET', path, headers: {}, body: '' };
    }
    default:
      return null;
  }
}

/** Members that are undefined are left out, as JSON has it. */
function json(service: string, type: string, target: string, body: object): ServiceRequest {
  return { service, method: 'POST', path: '/', headers: { 'content-type': type, 'x-amz-target': target }, body: JSON.stringify(body) };
}

/** SQS in its older protocol: what it answers is what API Gateway hands on (XML). */
function query(action: string, values: Values): ServiceRequest {
  const form = new URLSearchParams({ Action: action, Version: '2012-11-05' });
  for (const [name, value] of Object.entries(values)) {
    if (name === 'MessageAttributes' || name === 'MessageSystemAttributes') attributes(form, name === 'MessageAttributes' ? 'MessageAttribute' : 'MessageSystemAttribute', value);
    else if (name === 'AttributeNames' || name === 'MessageAttributeNames') listOf(value).forEach((one, i) => form.set(`${name.slice(0, -1)}.${i + 1}`, one));
    else form.set(name, value);
  }
  return { service: 'sqs', method: 'POST', path: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() };
}

/** `{"name": {"DataType": "String", "StringValue": "x"}}`; what is not that is left out, and the service says so. */
function attributes(form: URLSearchParams, prefix: string, text: string): void {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return;
  }
  if (typeof read !== 'object' || read === null) return;
  Object.entries(read as Readonly<Record<string, Readonly<Record<string, unknown>>>>).forEach(([name, value], i) => {
    const at = `${prefix}.${i + 1}`;
    form.set(`${at}.Name`, name);
    for (const [member, one] of Object.entries(value ?? {})) if (typeof one === 'string') form.set(`${at}.Value.${member}`, one);
  });
}

/** A JSON array, or words with commas between them. */
function listOf(text: string): readonly string[] {
  if (text.startsWith('[')) {
    try {
      const read: unknown = JSON.parse(text);
      if (Array.isArray(read)) return read.map(String);
    } catch {
      // then it is words
    }
  }
  return text.split(',').map((word) => word.trim()).filter((word) => word !== '');
}
