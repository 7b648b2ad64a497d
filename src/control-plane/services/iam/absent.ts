import { type Call } from '../../../aws/index.ts';
import { noSuchEntity } from './lookup.ts';

/** Reads of what an account has none of here, because what would make it is refused. */
export const absentOperations = {
  ListGroups: () => ({ Groups: [], IsTruncated: false }),
  GetGroup(input: { readonly GroupName?: string }): never {
    throw noSuchEntity(`The group with name ${input.GroupName ?? ''} cannot be found.`);
  },
  ListOpenIDConnectProviders: () => ({ OpenIDConnectProviderList: [] }),
  ListSAMLProviders: () => ({ SAMLProviderList: [] }),
  GetAccountPasswordPolicy(_input: unknown, call: Call): never {
    throw noSuchEntity(`The Password Policy with domain name ${call.account} cannot be found.`);
  },
};
