import type { FunctionResult, FunctionStream } from './invoker.ts';

/** InvokeWithResponseStreamResponseEvent of the model. */
export type StreamEvent =
  | { readonly PayloadChunk: { readonly Payload: Uint8Array } }
  | { readonly InvokeComplete: { readonly ErrorCode?: string; readonly ErrorDetails?: string; readonly LogResult?: string } };

type Failed = Extract<FunctionResult, { readonly kind: 'throttled' | 'unavailable' }>;

/** A response on its way to the caller of InvokeWithResponseStream: its parts as events, and the end. */
export class InvocationStream {
  readonly #tail: boolean;
  readonly #parts: { readonly bytes: Buffer; readonly taken: () => void }[] = [];
  #result: FunctionResult | null = null;
  #wake: () => void = () => {};

  constructor(tail: boolean) {
    this.#tail = tail;
  }

  /** Resolves once the response has begun or the function has ended; with why it did not run, where it did not. */
  async run(invoke: (sink: FunctionStream) => Promise<FunctionResult>): Promise<Failed | null> {
    return new Promise((resolve) => {
      const sink: FunctionStream = {
        begin: () => resolve(null),
        part: (bytes, taken) => {
          this.#parts.push({ bytes, taken });
          this.#wake();
        },
      };
      void invoke(sink).then((result) => {
        this.#result = result;
        this.#wake();
        resolve(result.kind === 'throttled' || result.kind === 'unavailable' ? result : null);
      });
    });
  }

  async *events(): AsyncGenerator<StreamEvent> {
    for (;;) {
      const next = this.#parts.shift();
      if (next) {
        yield { PayloadChunk: { Payload: next.bytes } };
        // asked for more: this one has been written
        next.taken();
      } else if (this.#result) {
        yield { InvokeComplete: this.#end(this.#result) };
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #end(result: FunctionResult): Extract<StreamEvent, { readonly InvokeComplete: unknown }>['InvokeComplete'] {
    switch (result.kind) {
      case 'ok':
        return this.#log(result.logTail);
      case 'function-error':
        return { ErrorCode: errorType(result.payload) ?? result.error, ErrorDetails: result.payload.toString('utf8'), ...this.#log(result.logTail) };
      case 'throttled':
      case 'unavailable':
        return { ErrorCode: 'ServiceException', ErrorDetails: result.reason };
    }
  }

  #log(tail: string): { readonly LogResult?: string } {
    return this.#tail ? { LogResult: Buffer.from(tail).toString('base64') } : {};
  }
}

function errorType(document: Buffer): string | null {
  try {
    const { errorType: type } = JSON.parse(document.toString('utf8')) as { errorType?: unknown };
    return typeof type === 'string' ? type : null;
  } catch {
    return null;
  }
}
