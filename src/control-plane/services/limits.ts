/** Quotas. AWS's own values are the default; an installation may lift them. A limit of Infinity is none. */
export interface Limits {
  /** The limit's value for a name as AWS's quota lists spell it (`target-groups-per-application-load-balancer`), else `otherwise`. */
  value(name: string, otherwise: number): number;
}

export const awsLimits: Limits = { value: (_name, otherwise) => otherwise };
