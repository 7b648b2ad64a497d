import type { ParityNote } from '../elbv2/index.ts';

export const managementParity: readonly ParityNote[] = [
  {
    setting: 'PostToConnection, GetConnection, DeleteConnection', state: 'different',
    why: 'They reach the connections of the process that is asked, whichever of its threads has them. Where two processes share the ports, as while a version is replaced, each answers GoneException (410) for those of the other.',
  },
];
