import { decide, parsePolicy } from '../../../access/index.ts';
import { isInvocationAllowed } from '../../resources/lambda/index.ts';
import type { FunctionLink } from '../../../snapshot/index.ts';
import { executableArn } from '../lambda/executable-arn.ts';
import type { Maker } from '../units.ts';
import { policiesOf } from './identities.ts';

/** How API Gateway calls functions: apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const PRINCIPAL = 'apigateway.amazonaws.com';

export interface Caller {
  /** ARN of what calls, as the function's policy may name it: `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/path`. Any of them will do. */
  readonly sourceArns: readonly string[];
  readonly account: string;
  /** A role that calls in its place; null: the function's policy decides. */
  readonly role: string | null;
}

/** The function that a URI names, and whether it may be called. */
export function compileFunctionLink(uri: string, caller: Caller, maker: Maker): FunctionLink {
  const arn = functionArnOf(uri).replace(/:\$LATEST$/, '');
  const refuse = (refused: string): FunctionLink => ({ uri, functionArn: arn, refused });
  const functionArn = executableArn(arn, maker);
  if (functionArn === null) return refuse(`${arn} does not exist`);
  if (caller.role !== null) return mayInvoke(caller.role, arn, maker) ? { uri, functionArn, refused: null } : refuse(`${caller.role} does not exist or may not invoke ${arn}`);
  const allowed = caller.sourceArns.some((sourceArn) => isInvocationAllowed(maker, arn, { service: PRINCIPAL, sourceArn, sourceAccount: caller.account }));
  return allowed ? { uri, functionArn, refused: null } : refuse(`${arn} has no permission for ${PRINCIPAL} with source ${caller.sourceArns[0] ?? ''}`);
}

/** `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations` stands for ARN. */
export function functionArnOf(uri: string): string {
  return /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
}

function mayInvoke(roleArn: string, functionArn: string, maker: Maker): boolean {
  const role = maker.get('iam/role', roleArn);
  if (!role) return false;
  const policies = policiesOf(role, maker).map((document) => parsePolicy(document));
  if (policies.includes(null)) return false;
  return decide(policies.filter((policy) => policy !== null), { action: 'lambda:InvokeFunction', resource: functionArn, principal: null, keys: () => undefined }) === 'allow';
}
