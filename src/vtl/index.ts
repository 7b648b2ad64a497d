/** See README.md. */
export { compileTemplate, Template, type CompiledTemplate, type Rendering } from './template.ts';
export { TemplateError } from './node.ts';
export { Float, List, parseJson, textOf, toJson, type HostObject, type Value, type VtlMap } from './value.ts';
