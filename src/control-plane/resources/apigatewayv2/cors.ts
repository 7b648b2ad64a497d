/** AWS's shape: what an HTTP API answers preflight requests with. Absent members are null, so that they are shown as they were given. */
export interface Cors {
  readonly allowCredentials: boolean | null;
  readonly allowHeaders: readonly string[] | null;
  readonly allowMethods: readonly string[] | null;
  readonly allowOrigins: readonly string[] | null;
  readonly exposeHeaders: readonly string[] | null;
  /** Seconds, -1 to 86400. */
  readonly maxAge: number | null;
}
