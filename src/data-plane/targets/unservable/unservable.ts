import { faults, type Exchange, type Target } from '../../exchange/index.ts';

/** Answers for a route whose configuration cannot be served: the client gets the status, the log and explain get the reason. */
export class UnservableTarget implements Target {
  readonly word = '-';
  readonly #status: number;
  readonly why: string;

  constructor(status: number, why: string) {
    this.#status = status;
    this.why = why;
  }

  serve(exchange: Exchange): void {
    exchange.fail({ ...faults.unservable, status: this.#status });
  }
}
