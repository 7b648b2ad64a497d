import type { Wheel } from '../../../kernel/index.ts';
import type { Integration } from '../../../snapshot/index.ts';
import { gatewayErrors, NO_BODY, type ApiExchange } from '../../exchange/index.ts';
import type { TraceIds } from '../forward/trace-id.ts';
import type { FunctionCaller, FunctionOutcome } from '../lambda/function-caller.ts';
import { functionFields } from './function-fields.ts';
import { IntegrationDeadlines, LONGEST_BODY, type ApiIntegration } from './integration.ts';
import { eventOf } from './lambda-event.ts';
import { lambdaResponse } from './lambda-response.ts';
import { RequestMapping } from './request-mapping.ts';
import { ResponseMappings } from './response-mapping.ts';

export interface LambdaIntegrationContext {
  readonly caller: FunctionCaller;
  readonly traceIds: TraceIds;
  readonly wheel: Wheel;
}

/** Runs a function for each request: the request becomes an event, the function's answer the response. */
export class LambdaIntegration implements ApiIntegration {
  readonly #integration: Extract<Integration, { kind: 'lambda' }>;
  readonly #context: LambdaIntegrationContext;
  readonly #mapping: RequestMapping;
  readonly #responses: ResponseMappings;
  readonly #deadlines: IntegrationDeadlines;

  constructor(integration: Extract<Integration, { kind: 'lambda' }>, context: LambdaIntegrationContext) {
    this.#integration = integration;
    this.#context = context;
    this.#mapping = new RequestMapping(integration.request);
    this.#responses = new ResponseMappings(integration.responses);
    this.#deadlines = new IntegrationDeadlines(context.wheel, integration.timeoutMs);
  }

  serve(call: ApiExchange): void {
    const { refused } = this.#integration.function;
    if (refused !== null) {
      call.integrationError = `The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again. (${refused})`;
      return call.refuse(gatewayErrors.internal);
    }
    if (call.framing === NO_BODY) return this.#invoke(call, null);
    call.readAll(LONGEST_BODY, (body) => {
      if (body === 'too-large') call.refuse(gatewayErrors.tooLarge);
      else this.#invoke(call, body);
    });
  }

  #invoke(call: ApiExchange, body: Buffer | null): void {
    const { function: { functionArn }, payload } = this.#integration;
    const request = this.#mapping.apply(call, body, { path: call.path, query: call.query, headers: functionFields(call, this.#context.traceIds, body?.length ?? 0) });
    this.#deadlines.begin(call);
    this.#context.caller.call(functionArn, { payload: eventOf(payload, { call, request, body }), traceId: call.traceId }, (outcome) => {
      if (!call.ended) this.#answer(call, outcome);
    });
  }

  #answer(call: ApiExchange, outcome: FunctionOutcome): void {
    call.integrationAnsweredAt = call.now();
    if (outcome.kind !== 'ok') {
      call.integrationStatus = outcome.kind === 'throttled' ? 429 : outcome.kind === 'unavailable' ? 503 : 200;
      call.integrationError = sentenceOf(outcome);
      return call.refuse(outcome.kind === 'unavailable' ? gatewayErrors.unavailable : gatewayErrors.internal);
    }
    call.integrationStatus = 200;
    const response = lambdaResponse(outcome.payload, this.#integration.payload);
    if (response.kind === 'malformed') {
      call.integrationError = response.why;
      return call.refuse(gatewayErrors.internal);
    }
    call.targetStatus = response.status;
    if (!this.#responses.empty) call.responseEdit = this.#responses.needsBody ? this.#responses.withBody(response.body) : this.#responses;
    call.reply({ status: response.status, reason: null, headers: response.headers, body: response.body.length === 0 ? null : response.body });
  }
}

function sentenceOf(outcome: Exclude<FunctionOutcome, { kind: 'ok' }>): string {
  switch (outcome.kind) {
    case 'throttled':
      return 'Rate Exceeded.';
    case 'unavailable':
      return `The function could not be invoked: ${outcome.reason}`;
    case 'function-error':
      return `The Lambda function returned an error (${outcome.cause}). Check your Lambda function code and try again.`;
  }
}
