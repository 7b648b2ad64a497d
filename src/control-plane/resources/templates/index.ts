/** The nouns of templates, by kind. Each has a file of its own in this folder. */
import type { Stack } from './stack.ts';

export { stackArn, type Json, type Stack, type StackEvent, type StackOutput, type StackResource, type StackStatus } from './stack.ts';

export interface TemplatesResources {
  'templates/stack': Stack;
}
