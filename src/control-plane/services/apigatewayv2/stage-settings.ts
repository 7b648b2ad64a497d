import type { AccessLogSettings as WireLogSettings } from '@aws-sdk/client-apigatewayv2';
import type { AccessLogSettings, ProtocolType } from '../../resources/apigatewayv2/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest } from './error.ts';
import { quota } from './quota.ts';
import { changed } from './text.ts';

export const FIREHOSE_REFUSAL = 'Access logs go to log groups of CloudWatch Logs here: there is no Kinesis Data Firehose to deliver them to.';

export function checkedStageName(protocol: ProtocolType, name = ''): string {
  if (name === '$default') {
    if (protocol === 'WEBSOCKET') throw badRequest('The $default stage is only supported for an API with a protocol type of HTTP');
    return name;
  }
  // AWS's sentence is older than the hyphens that its documentation allows.
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw badRequest('Stage name only allows a-zA-Z0-9_');
  if (name.length > 128) throw badRequest('Stage name must have at most 128 characters');
  return name;
}

/** apigateway/latest/developerguide/http-api-stages.html */
export function checkedStageVariables(variables: Readonly<Record<string, string>>, environment: Pick<Environment, 'limits'>): Readonly<Record<string, string>> {
  const entries = Object.entries(variables);
  const most = quota(environment, 'stage-variables-per-stage');
  if (entries.length > most) throw badRequest(`A stage has at most ${most} stage variables`);
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) throw badRequest(`Invalid stage variable name: ${name}. Please use values with alphanumeric characters and underscores, of at most 64 characters`);
    if (value.length > 2048 || !/^[A-Za-z0-9\-._~:/?#&=,@$!*'()+;%[\]{}]*$/.test(value)) throw badRequest(`Invalid stage variable value: ${value}. Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.`);
  }
  return variables;
}

/** A destination and a format: either may be given alone, the other stays. */
export function checkedLogSettings(protocol: ProtocolType, input: WireLogSettings, before: AccessLogSettings | null): AccessLogSettings | null {
  const destinationArn = changed(input.DestinationArn, before?.destinationArn ?? null);
  const format = changed(input.Format, before?.format ?? null);
  if (destinationArn === null && format === null) return null;
  if (destinationArn !== null) {
    const stream = /^arn:aws[a-z-]*:firehose:[^:]*:[^:]*:(.*)$/s.exec(destinationArn)?.[1];
    if (stream !== undefined) throw badRequest(protocol === 'HTTP' ? `Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '${stream}'` : FIREHOSE_REFUSAL);
    if (!/^arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[A-Za-z0-9_\-/.#]{1,512}(?::\*)?$/.test(destinationArn)) {
      throw badRequest(`Invalid ARN specified in the request. ARNs must start with 'arn:' and include a log group of CloudWatch Logs: ${destinationArn}`);
    }
  }
  if (format !== null) {
    if (!/\$context\.(?:requestId|extendedRequestId)\b/.test(format)) {
      throw badRequest(`The following errors are found in Access Log Format: Access Log format must include either $context.requestId or $context.extendedRequestId : '${format}'`);
    }
    if (/[\r\n]/.test(format)) throw badRequest('Access log format must be a single line');
    if (format.length > 3000) throw badRequest('Access log format must have at most 3000 characters');
  }
  return { destinationArn, format };
}
