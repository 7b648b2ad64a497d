/** See README.md. */
export { type TemplateDependencies } from './deployment.ts';
export { TemplateError, type Problem } from './problem.ts';
export { applyTemplate, deleteStack, Stacks, type StackResult, type TemplateRequest } from './stacks.ts';
export { resourceTypes } from './types/index.ts';
export { resourceTypesPage } from './types/types-page.ts';
export { type CallOperation } from './types/resource-type.ts';
