import type { AddPermissionRequest, AddPermissionResponse, GetPolicyRequest, GetPolicyResponse, RemovePermissionRequest } from '@aws-sdk/client-lambda';
import { AwsError, type Call } from '../../../aws/index.ts';
import { uuid } from '../../../kernel/index.ts';
import { type FunctionAlias, type FunctionPolicy, type FunctionReference, type FunctionVersion, type LambdaFunction, policyDocument, type PolicyStatement } from '../../resources/lambda/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { conflict, invalid, notFound, revisionMismatch } from './error.ts';
import { checkQualifier, functionOf, qualifiedArn, reference } from './lookup.ts';

/** Bytes of a policy document. */
const LONGEST_POLICY = 20_480;

export function permissionOperations(environment: Environment) {
  const { store, clock, random } = environment;

  return {
    async AddPermission(input: AddPermissionRequest, call: Call): Promise<AddPermissionResponse> {
      const found = policyReference(call, input.FunctionName, input.Qualifier);
      const createdAt = clock.now();
      const revisionId = uuid(random);
      const statement = await store.transact((transaction) => {
        checkQualifier(transaction, found);
        const owner = functionOf(transaction, found);
        const arn = qualifiedArn(found);
        const before = transaction.get('lambda/policy', arn);
        revise(transaction, arn, { given: input.RevisionId, next: revisionId });
        if (before?.statements.some(({ Sid }) => Sid === input.StatementId)) {
          throw conflict(`The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`);
        }
        if (input.FunctionUrlAuthType !== undefined && input.Action !== 'lambda:InvokeFunctionUrl') throw invalid('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action');
        const added = statementOf(input, arn);
        const { account, region } = owner;
        const policy: FunctionPolicy = { id: arn, account, region, parent: owner.id, createdAt: before?.createdAt ?? createdAt, statements: [...(before?.statements ?? []), added] };
        const length = Buffer.byteLength(policyDocument(policy));
        if (length > LONGEST_POLICY) throw new AwsError('PolicyLengthExceededException', `The final policy size (${length}) is bigger than the limit (${LONGEST_POLICY}).`);
        transaction.put('lambda/policy', policy);
        return added;
      });
      await applied(environment);
      return { Statement: JSON.stringify(statement) };
    },

    async RemovePermission(input: RemovePermissionRequest, call: Call): Promise<object> {
      const found = policyReference(call, input.FunctionName, input.Qualifier);
      const revisionId = uuid(random);
      await store.transact((transaction) => {
        checkQualifier(transaction, found);
        const arn = qualifiedArn(found);
        if (!transaction.get('lambda/function', found.arn)) throw notFound(`No policy found for: ${arn}`);
        const before = transaction.get('lambda/policy', arn);
        if (!before) throw notFound('No policy is associated with the given resource.');
        revise(transaction, arn, { given: input.RevisionId, next: revisionId });
        const statements = before.statements.filter(({ Sid }) => Sid !== input.StatementId);
        if (statements.length === before.statements.length) throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
        if (statements.length === 0) transaction.delete('lambda/policy', arn);
        else transaction.put('lambda/policy', { ...before, statements });
      });
      await applied(environment);
      return {};
    },

    GetPolicy(input: GetPolicyRequest, call: Call): GetPolicyResponse {
      const found = reference(call, input.FunctionName, input.Qualifier);
      functionOf(store.world, found);
      const policy = store.world.get('lambda/policy', qualifiedArn(found));
      if (!policy) throw notFound('The resource you requested does not exist.');
      return { Policy: policyDocument(policy), RevisionId: ownerOf(store.world, policy.id)!.resource.revisionId };
    },
  };
}

function policyReference(call: Call, functionName: string | undefined, qualifier: string | undefined): FunctionReference {
  const found = reference(call, functionName, qualifier);
  if (found.qualifier === '$LATEST') throw invalid('We currently do not support adding policies for $LATEST.');
  return found;
}

type Owner =
  | { readonly kind: 'lambda/function'; readonly resource: LambdaFunction }
  | { readonly kind: 'lambda/version'; readonly resource: FunctionVersion }
  | { readonly kind: 'lambda/alias'; readonly resource: FunctionAlias };

/** Whose policy has this ARN. */
function ownerOf(world: World, arn: string): Owner | null {
  const owner = world.get('lambda/function', arn);
  if (owner) return { kind: 'lambda/function', resource: owner };
  const version = world.get('lambda/version', arn);
  if (version) return { kind: 'lambda/version', resource: version };
  const alias = world.get('lambda/alias', arn);
  return alias ? { kind: 'lambda/alias', resource: alias } : null;
}

/** A policy has no revision of its own: it is that of its function, version or alias, and changes with either. */
function revise(transaction: Transaction, arn: string, revision: { readonly given: string | undefined; readonly next: string }): void {
  const owner = ownerOf(transaction, arn);
  if (owner === null) return;
  if (revision.given !== undefined && revision.given !== '' && revision.given !== owner.resource.revisionId) throw revisionMismatch();
  const { next: revisionId } = revision;
  switch (owner.kind) {
    case 'lambda/function':
      return transaction.put(owner.kind, { ...owner.resource, revisionId });
    case 'lambda/version':
      return transaction.put(owner.kind, { ...owner.resource, revisionId });
    case 'lambda/alias':
      return transaction.put(owner.kind, { ...owner.resource, revisionId });
  }
}

/** Member order as AWS writes it. */
function statementOf(input: AddPermissionRequest, arn: string): PolicyStatement {
  const equals: Record<string, string> = {};
  if (input.FunctionUrlAuthType !== undefined) equals['lambda:FunctionUrlAuthType'] = input.FunctionUrlAuthType;
  if (input.SourceAccount !== undefined) equals['AWS:SourceAccount'] = input.SourceAccount;
  if (input.EventSourceToken !== undefined) equals['lambda:EventSourceToken'] = input.EventSourceToken;
  if (input.PrincipalOrgID !== undefined) equals['aws:PrincipalOrgID'] = input.PrincipalOrgID;
  const condition = {
    ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}),
    ...(input.InvokedViaFunctionUrl === undefined ? {} : { Bool: { 'lambda:InvokedViaFunctionUrl': String(input.InvokedViaFunctionUrl) } }),
    ...(input.SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
  };
  return {
    Sid: input.StatementId ?? '',
    Effect: 'Allow',
    Principal: principalOf(input.Principal ?? ''),
    Action: input.Action ?? '',
    Resource: arn,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

function principalOf(given: string): PolicyStatement['Principal'] {
  if (given === '*') return '*';
  if (/^\d{12}$/.test(given)) return { AWS: `arn:aws:iam::${given}:root` };
  if (/^arn:aws[a-z-]*:(iam|sts)::\d{12}:.+$/.test(given)) return { AWS: given };
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(given)) return { Service: given };
  throw invalid('The provided principal was invalid. Please check the principal and try again.');
}
