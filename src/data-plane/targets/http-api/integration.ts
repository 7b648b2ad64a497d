import { Watched, type Wheel } from '../../../kernel/index.ts';
import { faults, type AnswerDeadline, type ApiExchange } from '../../exchange/index.ts';

/** A linked integration: answers for the routes that it is attached to. */
export interface ApiIntegration {
  serve(call: ApiExchange): void;
}

/** Octets of a request's body, and of what functions answer: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const LONGEST_BODY = 10 * 1024 * 1024;

/** Deadlines that wait to be used again: as many as calls mostly are under way at once. */
const KEPT = 1024;

/**
 * The time that an integration has for the head of its answer, for each of its calls. What is late after that is the client's matter. A deadline stays on the wheel
 * when its answer has come and is used again for a later call: to move it forward is one store, and sets that hold each call for a moment would make it outlive
 * the young generation.
 */
export class IntegrationDeadlines {
  readonly #wheel: Wheel;
  readonly #ms: number;
  readonly #free: IntegrationDeadline[] = [];

  constructor(wheel: Wheel, ms: number) {
    this.#wheel = wheel;
    this.#ms = ms;
  }

  /** The integration is called: its time begins. */
  begin(call: ApiExchange): void {
    // in the turn of the loop that read the request, as most are: the clock would show microseconds
    call.integrationSentAt = call.prompt ? call.startedAt : call.now();
    const deadline = this.#free.pop() ?? new IntegrationDeadline(this);
    deadline.call = call;
    call.deadline = deadline;
    this.#wheel.watch(deadline, this.#ms);
  }

  giveBack(deadline: IntegrationDeadline): void {
    if (this.#free.length < KEPT) this.#free.push(deadline);
    else this.#wheel.release(deadline);
  }
}

class IntegrationDeadline extends Watched implements AnswerDeadline {
  readonly #owner: IntegrationDeadlines;
  call: ApiExchange | null = null;

  constructor(owner: IntegrationDeadlines) {
    super();
    this.#owner = owner;
  }

  release(): void {
    this.call = null;
    this.#owner.giveBack(this);
  }

  expire(): void {
    const { call } = this;
    if (call === null || call.ended || call.committed) return;
    // the call lets go of this before it is answered
    call.goOn(() => {
      if (call.integrationError === '') call.integrationError = 'Endpoint request timed out';
      call.fail(faults['upstream-timeout']);
    });
  }
}
