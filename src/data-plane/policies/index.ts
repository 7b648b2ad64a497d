import type { PolicyByKind } from '../../snapshot/index.ts';
import type { Step } from '../exchange/index.ts';
import { JwtStep } from './jwt/step.ts';
import { CallbackStep } from './oidc/callback.ts';
import { CALLBACK_PATH } from './oidc/login.ts';
import { OidcStep } from './oidc/step.ts';
import { linkTransform } from './transform/transform.ts';
import type { PolicyWorker } from './worker.ts';

export { ApiKeyStep } from './api-key/step.ts';
export { UsagePlans, type PlanSlots } from './api-key/usage-plans.ts';
export { ConnectionCallers, type ManagedConnection, type ManagedStage, type ManagingRequest } from './iam/connection-callers.ts';
export { FunctionUrlSignatures, type UrlCaller } from './iam/function-url-signatures.ts';
export { IamStep, Signers, type IamContext } from './iam/step.ts';
export { signedHandshake, type HandshakeVerdict } from './iam/signed-handshake.ts';
export { authorizerAnswer, isLetIn } from './lambda-authorizer/decision.ts';
export { JwtStep } from './jwt/step.ts';
export { AuthorizerAnswers } from './lambda-authorizer/answers.ts';
export { LambdaAuthorizerStep, RefusingStep, type IdentitySource, type LambdaAuthorizerContext } from './lambda-authorizer/step.ts';
export { ResponseCache } from './response-cache/response-cache.ts';
export { ResponseCacheStep } from './response-cache/step.ts';
export { ThrottleStep } from './throttle/step.ts';
export { ValidateRequestStep } from './validate-request/step.ts';
export { type PolicySecrets, type SigningSecret } from './secrets.ts';
export { PolicyWorker, type PolicyWorkerSettings } from './worker.ts';
export type { Renewal, RenewalDesk, RenewalDone, RenewalRequest } from './oidc/renewals.ts';
export { CALLBACK_PATH };

/** How each kind of policy becomes a step. A kind added to `PolicyByKind` does not type-check until it has its entry here. */
export type StepFactories = { readonly [K in keyof PolicyByKind]: (settings: PolicyByKind[K], worker: PolicyWorker) => Step };

export const stepFactories: StepFactories = {
  jwt: (settings, worker) => new JwtStep(settings, worker),
  oidc: (settings, worker) => new OidcStep(settings, worker),
  transform: linkTransform,
};

/** The step of one policy, made when its generation is linked. */
export function linkStep<K extends keyof PolicyByKind>({ kind, settings }: { readonly kind: K; readonly settings: PolicyByKind[K] }, worker: PolicyWorker): Step {
  const make: (settings: PolicyByKind[K], worker: PolicyWorker) => Step = stepFactories[kind];
  return make(settings, worker);
}

/** The step that ends the logins which `steps` begin, at `CALLBACK_PATH`; null where none of them does. */
export function linkCallback(steps: readonly Step[], worker: PolicyWorker): Step | null {
  const logins = steps.filter((step) => step instanceof OidcStep);
  return logins.length === 0 ? null : new CallbackStep(logins, worker);
}
