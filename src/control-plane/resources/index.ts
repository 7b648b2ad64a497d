export { type Kind, type ResourceByKind } from './kinds.ts';
export { type Resource, type Tag } from './resource.ts';
