import * as acm from '@aws-sdk/client-acm';
import * as apigatewayv2 from '@aws-sdk/client-apigatewayv2';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as iam from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import * as sts from '@aws-sdk/client-sts';
import { Blob, SETTINGS, type Answer, type ApiCall, type Client, type Paging, type Waiting } from './client.ts';

/** The packages by the models' names; commands, paginators and waiters are found by theirs. */
// oxlint-disable-next-line typescript/no-explicit-any
const PACKAGES: Readonly<Record<string, any>> = { acm, apigatewayv2, logs, ec2, elbv2, iam, lambda, sts };
const CLIENTS: Readonly<Record<string, string>> = {
  acm: 'ACMClient', apigatewayv2: 'ApiGatewayV2Client', logs: 'CloudWatchLogsClient', ec2: 'EC2Client', elbv2: 'ElasticLoadBalancingV2Client', iam: 'IAMClient', lambda: 'LambdaClient', sts: 'STSClient',
};

/** AWS SDK for JavaScript v3. */
export function sdkClient(endpoint: string): Client {
  // oxlint-disable-next-line typescript/no-explicit-any
  const clients: Readonly<Record<string, any>> = Object.fromEntries(
    Object.entries(CLIENTS).map(([service, name]) => [
      service,
      new PACKAGES[service][name]({ endpoint, region: SETTINGS.region, maxAttempts: 1, credentials: { accessKeyId: SETTINGS.accessKeyId, secretAccessKey: SETTINGS.secretAccessKey } }),
    ]),
  );
  return {
    name: 'sdkv3',
    async call({ service, operation, input }: ApiCall): Promise<Answer> {
      try {
        const { $metadata: _, ...output } = await clients[service].send(new PACKAGES[service][`${operation}Command`](plain(input)));
        return { kind: 'output', output };
      } catch (error) {
        const { name, message, Code, Error: body, $metadata } = error as { name: string; message: string; Code?: string; Error?: { Code?: string }; $metadata?: { httpStatusCode?: number } };
        if ($metadata?.httpStatusCode === undefined) throw error;
        return { kind: 'error', error: { code: Code ?? body?.Code ?? name, message, status: $metadata.httpStatusCode } };
      }
    },
    async paginate({ service, operation, input, list, pageSize }: Paging): Promise<readonly unknown[]> {
      const items: unknown[] = [];
      for await (const page of PACKAGES[service][`paginate${operation}`]({ client: clients[service], ...(pageSize === null ? {} : { pageSize }) }, plain(input))) items.push(...(page[list] ?? []));
      return items;
    },
    async wait({ service, waiter, input }: Waiting): Promise<void> {
      const result = await PACKAGES[service][`waitUntil${waiter}`]({ client: clients[service], maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, plain(input));
      if (result.state !== 'SUCCESS') throw new Error(`${waiter}: ${result.state}`);
    },
    close(): void {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Blob) return value.bytes;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}
