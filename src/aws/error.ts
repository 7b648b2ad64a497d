/**
 * An error as AWS's clients expect it. `code` is the wire code (`LoadBalancerNotFound`) or the name of the error shape
 * (`LoadBalancerNotFoundException`); the protocol layer looks up the other, the HTTP status and the form in the model.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  /** HTTP status, where the model has none or a different one is meant. */
  readonly status: number | null;
  /** Further members of the error shape, beside the message. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, more: { status?: number; members?: Record<string, unknown> } = {}) {
    super(message);
    this.code = code;
    this.status = more.status ?? null;
    this.members = more.members ?? {};
  }
}
