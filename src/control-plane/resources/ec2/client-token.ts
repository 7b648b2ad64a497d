/** Of the request that made a resource: whoever repeats it is answered with that resource. */
export interface ClientToken {
  readonly token: string;
  /** SHA-256 of all else that was asked for. */
  readonly digest: string;
}
