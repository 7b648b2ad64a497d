import type { MemberNote } from '../members.ts';

/** What the input of API Gateway's operations may hold and is not executed. */
export const API_GATEWAY_MEMBERS: readonly MemberNote[] = [
  { operations: ['CreateApiKey'], members: ['stageKeys'], state: 'refused', why: 'Stages are associated with usage plans: name them in CreateUsagePlan.' },
  { operations: ['CreateApiKey'], members: ['generateDistinctId'], state: 'kept', why: "A key's id is never its value." },
  { operations: ['ImportApiKeys'], members: ['format'], state: 'covered', why: 'There is one format.' },
  { operations: ['GetTags'], members: ['position', 'limit'], state: 'covered', why: '"Not currently supported", says AWS: all tags are answered at once.' },
  { operations: ['UpdateApiKey', 'UpdateUsagePlan', 'UpdateUsage'], members: ['patchOperations[].from'], state: 'covered', why: 'It belongs to copy, which these refuse as AWS does.' },
];
