import type { Resource } from '../resource.ts';

/** A JSON schema. `id` is `API/MODEL`, `parent` the API's id. */
export interface Model extends Resource {
  readonly modelId: string;
  /** Unique within the API, alphanumeric. */
  readonly name: string;
  readonly contentType: string | null;
  readonly description: string | null;
  /** The text of the schema, as given. */
  readonly schema: string;
}
