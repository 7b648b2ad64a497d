import type { AddPermissionRequest, AddPermissionResponse, GetPolicyRequest, GetPolicyResponse, RemovePermissionRequest } from '@aws-sdk/client-lambda';
import { AwsError, type Call } from '../../../aws/index.ts';
import { uuid } from '../../../kernel/index.ts';
import { type FunctionPolicy, type FunctionReference, policyDocument, type PolicyStatement } from '../../resources/lambda/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { conflict, invalid, notFound, revisionMismatch } from './error.ts';
import { reference, resolve } from './lookup.ts';

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
        const { owner, arn } = resolve(transaction, found);
        const before = transaction.get('lambda/policy', arn);
        checkRevision(before, input.RevisionId, owner.revisionId);
        if (before?.statements.some(({ Sid }) => Sid === input.StatementId)) {
          throw conflict(`The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`);
        }
        const added = statementOf(input, arn);
        const { account, region } = owner;
        const policy: FunctionPolicy = { id: arn, account, region, parent: owner.id, createdAt: before?.createdAt ?? createdAt, statements: [...(before?.statements ?? []), added], revisionId };
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
        const { owner, arn } = resolve(transaction, found);
        const before = transaction.get('lambda/policy', arn);
        if (!before) throw notFound('No policy is associated with the given resource.');
        checkRevision(before, input.RevisionId, owner.revisionId);
        const statements = before.statements.filter(({ Sid }) => Sid !== input.StatementId);
        if (statements.length === before.statements.length) throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
        if (statements.length === 0) transaction.delete('lambda/policy', arn);
        else transaction.put('lambda/policy', { ...before, statements, revisionId });
      });
      await applied(environment);
      return {};
    },

    GetPolicy(input: GetPolicyRequest, call: Call): GetPolicyResponse {
      const { arn } = resolve(store.world, reference(call, input.FunctionName, input.Qualifier));
      const policy = store.world.get('lambda/policy', arn);
      if (!policy) throw notFound('The resource you requested does not exist.');
      return { Policy: policyDocument(policy), RevisionId: policy.revisionId };
    },
  };
}

function policyReference(call: Call, functionName: string | undefined, qualifier: string | undefined): FunctionReference {
  const found = reference(call, functionName, qualifier);
  if (found.qualifier === '$LATEST') throw invalid('We currently do not support adding policies for $LATEST.');
  return found;
}

function checkRevision(policy: FunctionPolicy | undefined, given: string | undefined, otherwise: string): void {
  if (given !== undefined && given !== '' && given !== (policy?.revisionId ?? otherwise)) throw revisionMismatch('GetPolicy');
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
