export { AwsError } from './error.ts';
export { type Call, type Operation, type Service } from './operation.ts';
