import type { SeededWorld } from './seeded-world.ts';

/** Calls an operation of a service; what it answers is what the next one needs. */
// oxlint-disable-next-line typescript/no-explicit-any
type Make = (service: string, operation: string, input: Readonly<Record<string, unknown>>) => Promise<any>;

/** An API key in a usage plan of a WebSocket API's stage, and one of each that is in none. */
export async function seededKeys(make: Make): Promise<Pick<SeededWorld, 'examples' | 'particular'>> {
  const api = (await make('apigatewayv2', 'CreateApi', { Name: 'keyed', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' })).ApiId as string;
  await make('apigatewayv2', 'CreateRoute', { ApiId: api, RouteKey: 'send' });
  for (const StageName of ['prod', 'free']) await make('apigatewayv2', 'CreateStage', { ApiId: api, StageName });
  const key = async (name: string): Promise<string> => (await make('apigateway', 'CreateApiKey', { name, enabled: true })).id as string;
  const [one, loose] = [await key('one'), await key('loose')];
  const plan = (await make('apigateway', 'CreateUsagePlan', { name: 'plan', apiStages: [{ apiId: api, stage: 'prod' }], quota: { limit: 10, period: 'MONTH' } })).id as string;
  const empty = (await make('apigateway', 'CreateUsagePlan', { name: 'empty' })).id as string;
  await make('apigateway', 'CreateUsagePlanKey', { usagePlanId: plan, keyId: one, keyType: 'API_KEY' });
  const replace = (path: string, value: string): Readonly<Record<string, unknown>> => ({ patchOperations: [{ op: 'replace', path, value, from: undefined }] });
  return {
    particular: {
      'apigateway:*': {
        apiKey: one, keyId: one, usagePlanId: plan, keyType: 'API_KEY', resourceArn: `arn:aws:apigateway:us-east-1::/apikeys/${one}`, tagKeys: ['a'], position: undefined, limit: 5, value: 'a-value-of-twenty-characters', stageKeys: undefined,
        apiStages: [{ apiId: api, stage: 'free', throttle: { send: { rateLimit: 1, burstLimit: 1 } } }], quota: { limit: 1, offset: 0, period: 'DAY' }, throttle: { rateLimit: 1, burstLimit: 1 }, startDate: '2026-01-01', endDate: '2026-01-02',
      },
      'apigateway:CreateUsagePlanKey': { keyId: loose }, 'apigateway:DeleteUsagePlan': { usagePlanId: empty },
      'apigateway:ImportApiKeys': { body: Buffer.from('name,key\nimported,a-value-of-twenty-characters-2\n') },
      'apigateway:UpdateApiKey': replace('/description', 'new'), 'apigateway:UpdateUsagePlan': replace('/description', 'new'), 'apigateway:UpdateUsage': replace('/remaining', '5'),
    },
    examples: {},
  };
}
