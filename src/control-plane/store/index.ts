export { DiskBlobs } from './disk/disk-blobs.ts';
export { MemoryBlobs } from './memory/memory-blobs.ts';
export { MemoryStore, memoryStore } from './memory/memory-store.ts';
export { FolderObjects, MemoryObjects, type ObjectReader } from './objects.ts';
export { StoreFileError } from './sqlite/database.ts';
export { SqliteStore, sqliteStore, type SqliteStoreSettings } from './sqlite/sqlite-store.ts';
export { type BlobStore, type ChangeSet, type Scope, type Store, type Transaction, type World } from './store.ts';
