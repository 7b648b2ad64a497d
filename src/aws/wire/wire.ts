import type { AwsError } from '../error.ts';
import type { Fields, HttpResponse } from '../http.ts';
import type { Limits } from '../limits.ts';
import type { ErrorModel, OperationModel, Protocol, ServiceModel } from '../model/service-model.ts';

export type Pair = readonly [string, string];

/** A claimed request, as a protocol reads it. */
export interface WireRequest {
  readonly method: string;
  /** Undecoded, with the bucket first where S3 was addressed by host. */
  readonly path: string;
  /** Decoded. */
  readonly query: readonly Pair[];
  /** Action, Version and everything else of a form, decoded; empty for the other protocols. */
  readonly form: readonly Pair[];
  /** What the labels of the path template matched, undecoded. */
  readonly labels: ReadonlyMap<string, string>;
  readonly headers: Fields;
  /** Decompressed, chunk signatures removed. */
  readonly body: Buffer;
}

export type Input = Record<string, unknown>;

/** An error ready to be written: the service's own, or one of the codes that every service has. */
export interface WireError {
  readonly error: AwsError;
  /** The shape, where the model has this error. */
  readonly model: ErrorModel | null;
  readonly status: number;
  /** Whether the caller is at fault. */
  readonly sender: boolean;
}

/** Who answers, and under which id. */
export interface Answering {
  readonly service: ServiceModel;
  readonly requestId: string;
  /** Null where the request failed before an operation was found. */
  readonly operation: OperationModel | null;
  readonly method: string;
  readonly path: string;
}

/** One of AWS's protocols, from the server's side. */
export interface Wire {
  readonly protocol: Protocol;
  /** Throws Malformed. Members that the model lacks are left out, as AWS does. */
  parse(operation: OperationModel, request: WireRequest, limits: Limits): Input;
  /** Throws OutputMismatch. */
  serialise(operation: OperationModel, output: unknown, answering: Answering): HttpResponse;
  serialiseError(failure: WireError, answering: Answering): HttpResponse;
}
