import type { GetAccountConfigurationResponse, PutAccountConfigurationRequest } from '@aws-sdk/client-acm';
import type { Call } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { validationException } from './error.ts';

/** AWS: "By default, accounts receive events starting 45 days before certificate expiration." */
const DEFAULT_DAYS = 45;

export function accountConfigurationOperations(environment: Environment) {
  return {
    GetAccountConfiguration(_input: object, call: Call): GetAccountConfigurationResponse {
      const stored = environment.store.world.get('acm/account-configuration', `${call.account}/${call.region}`);
      return { ExpiryEvents: { DaysBeforeExpiry: stored?.daysBeforeExpiry ?? DEFAULT_DAYS } };
    },

    async PutAccountConfiguration(input: PutAccountConfigurationRequest, call: Call): Promise<object> {
      const days = input.ExpiryEvents?.DaysBeforeExpiry ?? DEFAULT_DAYS;
      if (days < 1 || days > 90) throw validationException('DaysBeforeExpiry must be between 1 and 90');
      const id = `${call.account}/${call.region}`;
      await environment.store.transact((transaction) => {
        transaction.put('acm/account-configuration', {
          id,
          account: call.account,
          region: call.region,
          parent: null,
          createdAt: transaction.get('acm/account-configuration', id)?.createdAt ?? environment.clock.now(),
          daysBeforeExpiry: days,
          idempotencyToken: input.IdempotencyToken ?? '',
        });
      });
      return {};
    },
  };
}
