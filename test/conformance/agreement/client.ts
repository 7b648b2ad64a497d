/** One call of an AWS API, in the words of the models; every client speaks it in its own way. */
export interface ApiCall {
  /** Name of the model: `elbv2`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ApiError {
  readonly code: string;
  readonly message: string;
  /** Null where the client does not tell. */
  readonly status: number | null;
}

export type Answer = { readonly kind: 'output'; readonly output: unknown } | { readonly kind: 'error'; readonly error: ApiError };

export interface Waiting {
  readonly service: string;
  /** As botocore's models spell it: `LoadBalancerAvailable`. */
  readonly waiter: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Paging extends ApiCall {
  /** The list of the output that pages divide. */
  readonly list: string;
  /** Null where the paginators of AWS's clients know no size of pages (ELBv2): then the input says it. */
  readonly pageSize: number | null;
}

/** A client of AWS, as its users have it: no knowledge of Turnpike but the endpoint. */
export interface Client {
  readonly name: string;
  call(call: ApiCall): Promise<Answer>;
  /** All items, by the client's own paginator. */
  paginate(paging: Paging): Promise<readonly unknown[]>;
  /** Resolves when the client's own waiter is content. */
  wait(waiting: Waiting): Promise<void>;
  close(): void;
}

/** Bytes within an input. */
export class Blob {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

export const SETTINGS = { region: 'us-east-1', accessKeyId: 'test', secretAccessKey: 'test' } as const;
