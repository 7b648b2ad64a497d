import type { ManagementAnswer, ManagementDoor, ManagementRequest } from '../../data-plane/targets/index.ts';

const BUSY: ManagementAnswer = {
  status: 503, headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ServiceUnavailableException' }, body: Buffer.from('{"message":"Service Unavailable"}'),
};
/** Requests under way; more and the caller is told to come back. */
const MOST = 4096;

/** `@connections` at an API's own address: asks the main thread, which speaks AWS's protocols. */
export class ManagementPort implements ManagementDoor {
  readonly #ask: (id: number, request: ManagementRequest) => void;
  readonly #waiting = new Map<number, (answer: ManagementAnswer) => void>();
  #id = 0;

  constructor(ask: (id: number, request: ManagementRequest) => void) {
    this.#ask = ask;
  }

  handle(request: ManagementRequest, done: (answer: ManagementAnswer) => void): void {
    if (this.#waiting.size >= MOST) return done(BUSY);
    const id = ++this.#id;
    this.#waiting.set(id, done);
    this.#ask(id, request);
  }

  answered(id: number, answer: ManagementAnswer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
