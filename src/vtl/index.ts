/** See README.md. */
export { compileTemplate, Template, type CompiledTemplate, type Rendering } from './template.ts';
export { JsonDocument } from './json-document.ts';
export { TemplateError } from './node.ts';
export { Float, List, parseJson, textOf, toJson, type HostObject, type Value, type VtlMap } from './value.ts';
