import { Watched, type Wheel } from '../../../kernel/index.ts';
import { faults, type ApiExchange } from '../../exchange/index.ts';

/** A linked integration: answers for the routes that it is attached to. */
export interface ApiIntegration {
  serve(call: ApiExchange): void;
}

/** Octets of a request's body, and of what functions answer: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const LONGEST_BODY = 10 * 1024 * 1024;

/** The time an integration has for the head of its answer. Released when it comes; what is late then is the client's matter. */
export class IntegrationDeadline extends Watched {
  readonly #call: ApiExchange;
  readonly #wheel: Wheel;

  constructor(call: ApiExchange, wheel: Wheel, ms: number) {
    super();
    this.#call = call;
    this.#wheel = wheel;
    wheel.watch(this, ms);
  }

  release(): void {
    this.#wheel.release(this);
  }

  expire(): void {
    const call = this.#call;
    if (call.ended || call.committed) return;
    if (call.integrationError === '') call.integrationError = 'Endpoint request timed out';
    call.fail(faults['upstream-timeout']);
  }
}
