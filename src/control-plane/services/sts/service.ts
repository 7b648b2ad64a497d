import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { refusedMember, STS_MEMBERS } from './members.ts';
import { sessionOperations } from './session.ts';

/** STS: who calls, and temporary credentials that SigV4 verification accepts. */
export function stsService(environment: Environment): Service {
  return {
    name: 'sts',
    operations: refusing(sessionOperations(environment), STS_MEMBERS, refusedMember),
    refusals: {
      DecodeAuthorizationMessage: 'No encoded authorization messages are given out here: denials say their reason in plain words.',
      AssumeRoleWithWebIdentity: 'Tokens of identity providers are not exchanged for credentials here: use AssumeRole.',
      AssumeRoleWithSAML: 'SAML assertions are not exchanged for credentials here: use AssumeRole.',
    },
  };
}
