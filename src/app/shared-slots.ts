/** Places in the memory that threads share, by whose they are. */
export interface SharedSlots {
  /** By `endpointKey`. */
  readonly endpoints: ReadonlyMap<string, number>;
  /** Of metrics, by label. */
  readonly balancers: ReadonlyMap<string, number>;
  readonly pools: ReadonlyMap<string, number>;
  /** Of the metrics of APIs' stages. */
  readonly apis: ReadonlyMap<string, number>;
  /** Of token buckets. */
  readonly buckets: ReadonlyMap<string, number>;
  /** Of counted uses of API keys. */
  readonly uses: ReadonlyMap<string, number>;
}

export const NO_SLOTS: SharedSlots = { endpoints: new Map(), balancers: new Map(), pools: new Map(), apis: new Map(), buckets: new Map(), uses: new Map() };
