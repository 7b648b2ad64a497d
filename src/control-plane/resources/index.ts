export { BEYOND_AWS, type BeyondAws } from './beyond-aws.ts';
export { type Kind, type ResourceByKind } from './kinds.ts';
export { LIMIT_NAMES, type LimitName } from './limit-name.ts';
export { type Resource, type Tag } from './resource.ts';
