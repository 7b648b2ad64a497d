import { AwsError, type Call } from '../../../aws/index.ts';
import { GLOBAL, type InstanceProfile, type Policy, type Role, type ServerCertificate, type User } from '../../resources/iam/index.ts';
import type { Scope, World } from '../../store/index.ts';

export function scopeOf(call: Call): Scope {
  return { account: call.account, region: GLOBAL };
}

export function roleOf(world: World, call: Call, name: string | undefined): Role {
  const role = world.list('iam/role', scopeOf(call)).find((each) => each.name === name);
  if (!role) throw noSuchEntity(`The role with name ${name ?? ''} cannot be found.`);
  return role;
}

export function userOf(world: World, call: Call, name: string | undefined): User {
  const user = world.list('iam/user', scopeOf(call)).find((each) => each.name === name);
  if (!user) throw noSuchEntity(`The user with name ${name ?? ''} cannot be found.`);
  return user;
}

export function policyOf(world: World, call: Call, arn: string | undefined): Policy {
  const policy = world.get('iam/policy', arn ?? '');
  if (!policy || policy.account !== call.account) throw noSuchEntity(`Policy ${arn ?? ''} was not found.`);
  return policy;
}

export function profileOf(world: World, call: Call, name: string | undefined): InstanceProfile {
  const profile = world.list('iam/instance-profile', scopeOf(call)).find((each) => each.name === name);
  if (!profile) throw noSuchEntity(`Instance Profile ${name ?? ''} cannot be found.`);
  return profile;
}

export function serverCertificateOf(world: World, call: Call, name: string | undefined): ServerCertificate {
  const certificate = world.list('iam/server-certificate', scopeOf(call)).find((each) => each.name === name);
  if (!certificate) throw noSuchEntity(`The Server Certificate with name ${name ?? ''} cannot be found.`);
  return certificate;
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message);
}

/** IAM names are unique whatever their case: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function isTaken(nouns: readonly { readonly name: string }[], name: string): boolean {
  return nouns.some((each) => each.name.toLowerCase() === name.toLowerCase());
}

/** A path: `/`, or text between slashes. */
export function checkedPath(path: string | undefined): string {
  if (path === undefined) return '/';
  if (path.startsWith('/aws-service-role')) throw new AwsError('InvalidInput', "Paths beginning with '/aws-service-role' are reserved for AWS Service Linked Roles");
  if (!/^(\/|\/[\u0021-\u007e]+\/)$/.test(path)) {
    throw new AwsError('ValidationError', 'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.');
  }
  return path;
}

/** The ARN of a policy that is attached, or bounds permissions. */
export function checkPartition(policyArn: string): void {
  const [, partition] = policyArn.split(':');
  if (partition !== undefined && partition !== 'aws') throw new AwsError('ValidationError', 'Invalid ARN partition');
}

/** What bounds permissions is a policy. */
export function checkedBoundary(arn: string | undefined): string | null {
  if (arn === undefined) return null;
  checkPartition(arn);
  if (!/^arn:aws:iam::(?:\d{12}|aws):policy\/./.test(arn)) throw new AwsError('InvalidInput', `ARN ${arn} is not valid.`);
  return arn;
}
