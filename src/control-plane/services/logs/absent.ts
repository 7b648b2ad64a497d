import type { Call } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { groupOf } from './lookup.ts';

/** Reads of what no log group has here, because what would make it is refused or not implemented. */
export function absentOperations({ store }: Environment) {
  const exists = (input: { readonly logGroupName?: string }, call: Call): void => {
    if (input.logGroupName !== undefined) groupOf(store.world, call, { logGroupName: input.logGroupName });
  };
  return {
    DescribeSubscriptionFilters: (input: { readonly logGroupName?: string }, call: Call) => (exists(input, call), { subscriptionFilters: [] }),
    DescribeMetricFilters: (input: { readonly logGroupName?: string }, call: Call) => (exists(input, call), { metricFilters: [] }),
    DescribeResourcePolicies: () => ({ resourcePolicies: [] }),
    DescribeDestinations: () => ({ destinations: [] }),
    DescribeExportTasks: () => ({ exportTasks: [] }),
    DescribeQueries: () => ({ queries: [] }),
    DescribeQueryDefinitions: () => ({ queryDefinitions: [] }),
  };
}
