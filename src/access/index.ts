export { conditionHolds, type ConditionKeys } from './condition.ts';
export { decide, type AccessRequest, type Decision } from './decide.ts';
export { parsePolicy, type PolicyDocument, type PolicyStatement, type Principal } from './policy.ts';
