import type { Action } from '../../../snapshot/index.ts';
import type { Reply, Target } from '../../exchange/index.ts';

export type FixedResponseAction = Extract<Action, { kind: 'fixed-response' }>;

/**
 * Answers the same to everyone. ALB sends `Server`, `Date`, `Content-Type` with `charset=utf-8`, `Content-Length` and nothing else (observed);
 * all but the type are the codec's. Where no type is configured it is text/plain, also for an empty body (observed).
 */
export function linkFixedResponse(action: FixedResponseAction): Target {
  const reply: Reply = {
    status: action.status,
    reason: null,
    headers: `Content-Type: ${action.contentType ?? 'text/plain'}; charset=utf-8\r\n`,
    body: action.body === '' ? null : Buffer.from(action.body, 'utf8'),
    said: { date: '', site: null, text: '' },
  };
  return { word: 'fixed-response', serve: (exchange) => exchange.reply(reply) };
}
