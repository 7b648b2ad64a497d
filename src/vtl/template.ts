import { type Node, TemplateError } from './node.ts';
import { Renderer } from './renderer.ts';
import { parseTemplate } from './template-parser.ts';
import type { Value } from './value.ts';

/** Characters of a template: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html ("Mapping template size") */
const LONGEST = 300 * 1024;

export type Rendering = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'failed'; readonly why: string };

/** A template that can be rendered again and again. */
export class Template {
  readonly #nodes: readonly Node[];

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  /** What its references begin with, by name. */
  render(variables: Readonly<Record<string, Value>>): Rendering {
    const renderer = new Renderer(new Map(Object.entries(variables)));
    try {
      renderer.render(this.#nodes);
      return { kind: 'text', text: renderer.out };
    } catch (error) {
      // RangeError: depths and lengths that add up to more than the machine has
      if (error instanceof TemplateError || error instanceof RangeError) return { kind: 'failed', why: error.message };
      throw error;
    }
  }
}

export type CompiledTemplate = { readonly kind: 'template'; readonly template: Template } | { readonly kind: 'wrong'; readonly why: string };

export function compileTemplate(text: string): CompiledTemplate {
  if (text.length > LONGEST) return { kind: 'wrong', why: `it is longer than ${LONGEST} characters` };
  try {
    return { kind: 'template', template: new Template(parseTemplate(text)) };
  } catch (error) {
    if (error instanceof TemplateError || error instanceof RangeError) return { kind: 'wrong', why: error.message };
    throw error;
  }
}
