import type { Value } from './value.ts';

/** A template, parsed. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  /** `backslashes`: how many stand before it. `source`: as written, for what leads to nothing. */
  | { readonly kind: 'reference'; readonly reference: Reference; readonly quiet: boolean; readonly backslashes: number; readonly source: string }
  | { readonly kind: 'set'; readonly target: Reference; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly { readonly condition: Expression; readonly body: readonly Node[] }[]; readonly otherwise: readonly Node[] }
  | { readonly kind: 'foreach'; readonly name: string; readonly list: Expression; readonly body: readonly Node[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'stop' };

export interface Reference {
  readonly name: string;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'method'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'index'; readonly index: Expression };

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  /** A string in double quotes, which is a template of its own. */
  | { readonly kind: 'interpolated'; readonly body: readonly Node[] }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression };

/** A template that cannot be executed, with the reason in a sentence. */
export class TemplateError extends Error {}
