import type { CompiledCondition } from './condition.ts';
import type { RequestView } from './request-view.ts';

/** Why a request goes where it goes: plain data, to be printed or sent. */
export interface Explanation {
  readonly chosen: { readonly id: string; readonly priority: number; readonly fallback: boolean };
  /** Routes in order of precedence, up to and with the one that serves. */
  readonly considered: readonly RouteExplanation[];
  /** How many routes stand after the one that serves. */
  readonly notReached: number;
}

export interface RouteExplanation {
  /** ARN of the rule. */
  readonly id: string;
  readonly priority: number;
  readonly matched: boolean;
  /** All of them, also those after the first that does not hold. */
  readonly conditions: readonly ConditionExplanation[];
}

export interface ConditionExplanation {
  readonly kind: CompiledCondition['source']['kind'];
  readonly held: boolean;
  /** What the request has: its host, path, method, address; the values of the header; its parameters as `key=value`, decoded. */
  readonly found: readonly string[];
  /** What the condition asks for: any one of these. */
  readonly allowed: readonly string[];
  /** Which of `allowed` the request satisfies; null for none. */
  readonly satisfied: string | null;
  readonly why: string;
}

const LONGEST_LIST = 10;

export function explainCondition(condition: CompiledCondition, view: RequestView): ConditionExplanation {
  const match = condition.matching(view);
  const found = condition.found(view);
  const { allowed } = condition;
  const satisfied = match < 0 ? null : (allowed[match] ?? null);
  const subject = subjectOf(condition);
  const has = found.length === 0 ? `${subject} is absent` : `${subject} is ${list(found)}`;
  const why = satisfied === null ? `${has}; wanted: ${list(allowed)}` : `${has}, which ${quoted(satisfied)} allows`;
  return { kind: condition.source.kind, held: satisfied !== null, found, allowed, satisfied, why };
}

function subjectOf({ source }: CompiledCondition): string {
  switch (source.kind) {
    case 'host':
    case 'host-regex':
      return 'the host';
    case 'path':
    case 'path-regex':
      return 'the path';
    case 'method':
      return 'the method';
    case 'header':
    case 'header-regex':
      return `the header ${source.name}`;
    case 'query':
      return 'the query';
    case 'source-ip':
      return "the client's address";
  }
}

function list(values: readonly string[]): string {
  const shown = values.slice(0, LONGEST_LIST).map(quoted).join(', ');
  return values.length > LONGEST_LIST ? `${shown} and ${values.length - LONGEST_LIST} more` : shown;
}

function quoted(value: string): string {
  return JSON.stringify(value);
}
