import type { Migration } from './migration.ts';

/** The rows of all kinds in one table, and the revision that every commit raises. */
export const resources: Migration = {
  version: 1,
  name: 'resources',
  sql: `
    CREATE TABLE resource (
      sequence INTEGER PRIMARY KEY,
      kind     TEXT NOT NULL,
      id       TEXT NOT NULL,
      account  TEXT NOT NULL,
      region   TEXT NOT NULL,
      parent   TEXT,
      version  INTEGER NOT NULL,
      body     TEXT NOT NULL,
      UNIQUE (kind, id)
    ) STRICT;
    CREATE TABLE revision (
      one   INTEGER PRIMARY KEY CHECK (one = 1),
      value INTEGER NOT NULL
    ) STRICT;
    INSERT INTO revision (one, value) VALUES (1, 0);
  `,
};
