export { type BlobStore, type ChangeSet, type Scope, type Store, type Transaction, type World } from './store.ts';
