/** The nouns of apigateway, by kind: API keys and usage plans. Each has a file of its own in this folder. */
import type { ApiKey } from './api-key.ts';
import type { UsagePlanKey } from './usage-plan-key.ts';
import type { UsagePlan } from './usage-plan.ts';

export { type ApiKey } from './api-key.ts';
export { parseApiGatewayArn } from './arn.ts';
export { type UsagePlanKey } from './usage-plan-key.ts';
export { QUOTA_PERIODS, routeKeyOf, type ApiStage, type QuotaPeriod, type QuotaSettings, type ThrottleSettings, type UsagePlan } from './usage-plan.ts';

export interface ApiGatewayResources {
  'apigateway/api-key': ApiKey;
  'apigateway/usage-plan': UsagePlan;
  'apigateway/usage-plan-key': UsagePlanKey;
}
