import type { Environment } from '../environment.ts';

/** The account as REST clients ask for it: its limits are those of all APIs. https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html */
export function accountOperations({ limits }: Environment) {
  return {
    GetAccount: () => ({
      throttleSettings: { rateLimit: limits.value('api-requests-per-second', 10_000), burstLimit: limits.value('api-request-burst', 5000) }, features: ['UsagePlans'], apiKeyVersion: '4',
    }),
  };
}
