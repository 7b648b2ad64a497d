import { JsonPathReader, type JsonPathStep } from '../../../kernel/index.ts';

/**
 * Selection expressions of WebSocket APIs (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html):
 * static text and variables, `$request.body.a` or `${request.body.a}`; `\$` is a dollar sign. Which JSONPaths may stand in them is chosen: names,
 * indexes, slices, wildcards and `..`; filters and scripts are refused.
 */
export type SelectionPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'body'; readonly path: readonly JsonPathStep[] }
  | { readonly kind: 'answer-status' | 'answer-type' | 'nothing' };

/** What an expression looks at: messages, or for integration responses the backend's answer too. */
export type SelectionScope = 'message' | 'answer';

export type ParsedSelection = { readonly kind: 'parts'; readonly parts: readonly SelectionPart[] } | { readonly kind: 'wrong'; readonly why: string };

const BODY = 'request.body';
/** Longer ones are not what anybody means, and every message would pay for them. */
const LONGEST = 1024;

export function parseSelectionExpression(expression: string, scope: SelectionScope = 'message'): ParsedSelection {
  if (expression.length > LONGEST) return { kind: 'wrong', why: `it is longer than ${LONGEST} characters` };
  const parts: SelectionPart[] = [];
  let text = '';
  let at = 0;
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  while (at < expression.length) {
    const character = expression[at]!;
    if (character === '\\' && at + 1 < expression.length) {
      text += expression[at + 1];
      at += 2;
      continue;
    }
    if (character !== '$') {
      text += character;
      at++;
      continue;
    }
    const braced = expression[at + 1] === '{';
    const start = at + (braced ? 2 : 1);
    const answer = scope === 'answer' ? answerVariable(expression.slice(start)) : null;
    if (answer !== null) {
      const end = start + answer.length;
      if (braced && expression[end] !== '}') return { kind: 'wrong', why: `the brace at character ${at + 2} is not closed` };
      flush();
      parts.push({ kind: answer.kind });
      at = end + (braced ? 1 : 0);
      continue;
    }
    if (!expression.startsWith(BODY, start)) return { kind: 'wrong', why: `the variable at character ${at + 1} is not request.body` };
    const path = new JsonPathReader(expression, start + BODY.length);
    const steps = path.read();
    if (typeof steps === 'string') return { kind: 'wrong', why: steps };
    if (braced && expression[path.at] !== '}') return { kind: 'wrong', why: `the brace at character ${at + 2} is not closed after a JSONPath` };
    flush();
    parts.push({ kind: 'body', path: steps });
    at = path.at + (braced ? 1 : 0);
  }
  flush();
  return { kind: 'parts', parts };
}

/** Of an answer's fields the type only; its body chooses nothing (observed of `$integration.response.body.errorMessage`). */
const ANSWER = /^integration\.response\.(?:(statuscode)|header\.(content-type)|body(?:\.[A-Za-z0-9_.[\]]+)?)/i;

function answerVariable(text: string): { readonly kind: 'answer-status' | 'answer-type' | 'nothing'; readonly length: number } | null {
  const [whole, status, type] = ANSWER.exec(text) ?? [];
  if (whole === undefined) return null;
  return { kind: status !== undefined ? 'answer-status' : type !== undefined ? 'answer-type' : 'nothing', length: whole.length };
}
