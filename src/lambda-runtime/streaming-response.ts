import type { ResponseSink } from './invocation.ts';
import type { RuntimeRequest } from './runtime-api/http-connection.ts';
import type { StreamedResponse, Taken } from './runtime-api/runtime-api.ts';

/** Bytes that wait for the reader before the function has to. */
const WINDOW = 1024 * 1024;

/** What becomes of a streamed response. */
export interface StreamEnd {
  /** The invocation is still under way: it may have timed out meanwhile. */
  still(): boolean;
  /** It is whole, or has failed half-way (`failure`). */
  ended(request: RuntimeRequest, failure: { readonly errorType: string; readonly document: Buffer } | null): Taken;
  tooLarge(): void;
}

/** One response in streaming mode on its way from the runtime to whoever asked for it. */
export class StreamingResponse implements StreamedResponse {
  readonly #sink: ResponseSink;
  readonly #limit: number;
  readonly #end: StreamEnd;
  #length = 0;
  readonly #resume: () => void;
  #untaken = 0;
  #paused = false;

  constructor(head: RuntimeRequest, to: { readonly sink: ResponseSink; readonly limit: number; readonly resume: () => void }, end: StreamEnd) {
    this.#resume = to.resume;
    this.#sink = to.sink;
    this.#limit = to.limit;
    this.#end = end;
    to.sink.begin(head.header('content-type') ?? 'application/octet-stream');
  }

  part(bytes: Buffer): boolean {
    if (!this.#end.still()) return true;
    this.#length += bytes.length;
    if (this.#length > this.#limit) {
      this.#end.tooLarge();
      return true;
    }
    this.#untaken += bytes.length;
    this.#sink.part(bytes, () => {
      this.#untaken -= bytes.length;
      if (!this.#paused || this.#untaken > WINDOW / 2) return;
      this.#paused = false;
      this.#resume();
    });
    this.#paused = this.#untaken > WINDOW;
    return !this.#paused;
  }

  end(request: RuntimeRequest): Taken {
    if (!this.#end.still()) return 'unknown';
    // A failure half-way is told in trailers: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
    const errorType = request.header('lambda-runtime-function-error-type');
    const document = Buffer.from(request.header('lambda-runtime-function-error-body') ?? '', 'base64');
    return this.#end.ended(request, errorType === undefined ? null : { errorType, document });
  }

  broken(): void {
    // The process has ended, or its time is up: either settles the invocation.
  }
}
