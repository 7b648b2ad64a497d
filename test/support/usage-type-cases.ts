/** Cases of the resource types of API keys and usage plans, with the answers that they read: for src/control-plane/templates/types/types.test.ts. */
export const USAGE_ANSWERS: Readonly<Record<string, unknown>> = {
  'apigateway:CreateApiKey': { id: 'key1' },
  'apigateway:CreateUsagePlan': { id: 'plan1' },
  'apigateway:GetUsagePlan': { apiStages: [{ apiId: 'api1', stage: 'prod' }] },
};

const v1 = (...operations: readonly string[]): readonly string[] => operations.map((operation) => `apigateway:${operation}`);
const STAGE = { ApiId: 'api1', Stage: 'prod' };

export const USAGE_CASES = [
  {
    type: 'AWS::ApiGateway::ApiKey',
    from: { Name: 'one', Enabled: 'true', Tags: [{ Key: 'a', Value: '1' }] }, to: { Name: 'one', Enabled: false, Description: 'new' },
    created: v1('CreateApiKey'), updated: v1('UpdateApiKey', 'UntagResource'), deleted: v1('DeleteApiKey'), ref: /^key1$/,
  },
  {
    type: 'AWS::ApiGateway::UsagePlan',
    from: { UsagePlanName: 'plan', Throttle: { BurstLimit: '1', RateLimit: '1' } }, to: { UsagePlanName: 'plan', ApiStages: [{ ...STAGE, Throttle: { 'send': { RateLimit: 5 } } }], Quota: { Limit: 5, Period: 'DAY' }, Tags: [{ Key: 'a', Value: '1' }] },
    created: v1('CreateUsagePlan'), updated: v1('UpdateUsagePlan', 'TagResource'), deleted: v1('UpdateUsagePlan', 'DeleteUsagePlan'), ref: /^plan1$/,
  },
  {
    type: 'AWS::ApiGateway::UsagePlanKey',
    from: { KeyId: 'key1', KeyType: 'API_KEY', UsagePlanId: 'plan1' }, to: { KeyId: 'key2', KeyType: 'API_KEY', UsagePlanId: 'plan1' },
    created: v1('CreateUsagePlanKey'), updated: v1('CreateUsagePlanKey', 'DeleteUsagePlanKey'), deleted: v1('DeleteUsagePlanKey'), ref: /^key[12]:plan1$/,
  },
];
