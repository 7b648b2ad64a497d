import type { Clock, Wheel } from '../../../kernel/index.ts';
import type { Integration } from '../../../snapshot/index.ts';
import { gatewayErrors, NO_BODY, type ApiExchange, type Outgoing, type OutgoingOutcome } from '../../exchange/index.ts';
import { leavesItsPlace, signature, type ServiceEndpoint } from '../service-endpoint.ts';
import { IntegrationDeadlines, LONGEST_BODY, type ApiIntegration } from './integration.ts';
import { ResponseMappings } from './response-mapping.ts';
import { compileSelection, type Selection } from './selection.ts';
import { serviceRequest } from './service-request.ts';
import { octets } from './request-mapping.ts';

export interface ServiceIntegrationContext {
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly endpoint: ServiceEndpoint | null;
}

/** Calls an AWS service with what mappings take from a request. The role of the integration is not assumed: the installation's own keys sign. */
export class ServiceIntegration implements ApiIntegration {
  readonly #integration: Extract<Integration, { kind: 'aws-service' }>;
  readonly #context: ServiceIntegrationContext;
  readonly #parameters: readonly (readonly [name: string, selection: Selection])[];
  readonly #responses: ResponseMappings;
  readonly #deadlines: IntegrationDeadlines;

  constructor(integration: Extract<Integration, { kind: 'aws-service' }>, context: ServiceIntegrationContext) {
    this.#integration = integration;
    this.#context = context;
    this.#parameters = Object.entries(integration.parameters).map(([name, value]) => [name, compileSelection(value)]);
    this.#responses = new ResponseMappings(integration.responses);
    this.#deadlines = new IntegrationDeadlines(context.wheel, integration.timeoutMs);
  }

  serve(call: ApiExchange): void {
    if (this.#context.endpoint === null) {
      call.integrationError = `${this.#integration.subtype} needs the setting service-endpoint: no AWS service of that kind is served here`;
      return call.refuse(gatewayErrors.internal);
    }
    if (call.framing === NO_BODY) return this.#send(call, null);
    call.readAll(LONGEST_BODY, (body) => {
      if (body === 'too-large') call.refuse(gatewayErrors.tooLarge);
      else this.#send(call, body);
    });
  }

  #send(call: ApiExchange, body: Buffer | null): void {
    const { subtype, region, timeoutMs } = this.#integration;
    const { outgoing, clock, endpoint } = this.#context;
    const values: Record<string, string> = {};
    for (const [name, selection] of this.#parameters) {
      const value = selection.value({ call, body, response: null });
      if (value !== null) values[name] = value;
    }
    const request = serviceRequest(subtype, values);
    if (request === null || endpoint === null) return call.refuseIntegration(`${subtype} is not known`);
    if (leavesItsPlace(request.path)) return call.refuseIntegration('a parameter leads out of its place in the path');
    const { method, headers, service } = request;
    const url = endpoint.url + request.path;
    const signed = signature(endpoint, { method, url, headers, body: Buffer.from(request.body) }, { service, region, now: clock.now() });
    this.#deadlines.begin(call);
    outgoing.send(
      { method, url, headers: { ...headers, ...signed }, body: method === 'GET' ? null : request.body, withinMs: timeoutMs, maxBytes: LONGEST_BODY },
      (outcome) => {
        if (!call.ended) this.#answer(call, outcome);
      },
    );
  }

  #answer(call: ApiExchange, outcome: OutgoingOutcome): void {
    call.integrationAnsweredAt = call.now();
    if (outcome.kind !== 'answer') {
      call.integrationError = outcome.kind === 'failed' ? outcome.why : outcome.kind;
      return call.refuse(outcome.kind === 'timeout' ? gatewayErrors.timeout : outcome.kind === 'failed' ? gatewayErrors.unavailable : gatewayErrors.internal);
    }
    call.integrationStatus = call.targetStatus = outcome.status;
    if (!this.#responses.empty) call.responseEdit = this.#responses.needsBody ? this.#responses.withBody(outcome.body) : this.#responses;
    const type = octets(outcome.contentType);
    call.reply({ status: outcome.status, reason: null, headers: type === '' ? '' : `Content-Type: ${type}\r\n`, body: outcome.body.length === 0 ? null : outcome.body });
  }
}
