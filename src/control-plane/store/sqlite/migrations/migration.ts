/** One step of the file's form, forward only. Once released, a migration is never edited: a mistake is repaired by the next one. */
export interface Migration {
  /** 1, 2, 3, ...: SQLite's `user_version` after it. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
