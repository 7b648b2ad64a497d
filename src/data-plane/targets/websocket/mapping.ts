import { Pattern, PatternError } from '../../../kernel/index.ts';
import type { WebSocketAnswer, WebSocketIntegration, WebSocketTemplates } from '../../../snapshot/index.ts';
import { compileTemplate, type CompiledTemplate } from '../../../vtl/index.ts';
import { socketErrors, type SocketCall } from '../../exchange/index.ts';
import { decodedBody, fromBase64 } from './base64-body.ts';
import { mappingVariables } from './mapping-variables.ts';
import { selectRoute, type BackendAnswer } from './select-route.ts';
import type { SocketOutcome } from './socket-integration.ts';

type Failed = Extract<SocketOutcome, { kind: 'failed' }>;
type Settings = Pick<WebSocketIntegration, 'decode' | 'request' | 'passthrough' | 'responses'>;

const DEFAULT = '$default';

export const MALFORMED: Failed = { kind: 'failed', error: socketErrors.badBody, why: 'the message is not Base64, which CONVERT_TO_BINARY demands' };

function misconfigured(why: string): Failed {
  return { kind: 'failed', error: socketErrors.configuration, why };
}

/** Templates that are compiled, of which a payload chooses one. */
class LinkedTemplates {
  readonly #selection: WebSocketTemplates['selection'];
  readonly #templates = new Map<string, CompiledTemplate>();

  constructor({ selection, templates }: WebSocketTemplates) {
    this.#selection = selection;
    for (const [key, text] of Object.entries(templates)) this.#templates.set(key, compileTemplate(text));
  }

  /** What the template makes of the payload; null: none fits. `message`, `answer`: what expressions are evaluated against. */
  render(call: SocketCall, payload: string, { message, answer }: { readonly message: string; readonly answer: BackendAnswer | null }): Buffer | Failed | null {
    const chosen = this.#templates.get(selectRoute(this.#selection, message, answer) ?? DEFAULT) ?? this.#templates.get(DEFAULT);
    if (chosen === undefined) return null;
    if (chosen.kind === 'wrong') return misconfigured(`the mapping template cannot be read: ${chosen.why}`);
    const rendering = chosen.template.render(mappingVariables(call, payload));
    return rendering.kind === 'text' ? Buffer.from(rendering.text) : misconfigured(`the mapping template failed: ${rendering.why}`);
  }
}

/** What a non-proxy integration makes of messages and answers. https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html */
export class Mapping {
  readonly #decode: boolean;
  readonly #request: LinkedTemplates | null;
  readonly #passthrough: Settings['passthrough'];
  readonly #answers: readonly { readonly matches: (text: string) => boolean; readonly answer: WebSocketAnswer; readonly templates: LinkedTemplates | null }[];
  readonly #default: { readonly answer: WebSocketAnswer; readonly templates: LinkedTemplates | null } | null;

  constructor({ decode, request, passthrough, responses }: Settings) {
    this.#decode = decode;
    this.#request = request === null ? null : new LinkedTemplates(request);
    this.#passthrough = passthrough;
    const linked = responses.map((answer) => ({ answer, templates: answer.templates === null ? null : new LinkedTemplates(answer.templates) }));
    this.#answers = linked.flatMap((one) => {
      if (one.answer.pattern === null) return [];
      const pattern = patternOf(one.answer.pattern);
      return pattern === null ? [] : [{ ...one, matches: (text: string) => pattern.matches(text) }];
    });
    this.#default = linked.find(({ answer }) => answer.pattern === null) ?? null;
  }

  /** What the backend gets; null: nothing. */
  request(call: SocketCall, body: Buffer | null): Buffer | Failed | null {
    if (this.#request === null) {
      const octets = decodedBody(body, this.#decode);
      return octets === 'malformed' ? MALFORMED : octets;
    }
    const text = body?.toString('utf8') ?? '';
    const rendered = this.#request.render(call, text, { message: text, answer: null });
    if (rendered === null) {
      if (this.#passthrough !== 'when-no-match') return misconfigured('no template fits the message, and it may not pass through');
      const octets = decodedBody(body, this.#decode);
      return octets === 'malformed' ? MALFORMED : octets;
    }
    if (!Buffer.isBuffer(rendered) || !this.#decode) return rendered;
    return fromBase64(rendered) ?? MALFORMED;
  }

  /** Whether integration responses say what becomes of answers. */
  get answers(): boolean {
    return this.#default !== null || this.#answers.length > 0;
  }

  /** What the client gets. `key`: the status, or what a function says when it fails; null: it has not failed. `body`: the message. */
  response(call: SocketCall, payload: Buffer, { key, body, answer: said }: { readonly key: string | null; readonly body: Buffer | null; readonly answer: BackendAnswer }): Buffer | Failed {
    if (!this.answers) return payload;
    const chosen = (key === null ? undefined : this.#answers.find(({ matches }) => matches(key))) ?? this.#default;
    if (chosen === null) return misconfigured(`No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${key ?? 200}`);
    const { answer, templates } = chosen;
    const source = answer.conversion === 'to-text' ? payload.toString('base64') : payload.toString('utf8');
    const rendered = templates?.render(call, source, { message: body?.toString('utf8') ?? '', answer: said }) ?? (answer.conversion === 'to-text' ? Buffer.from(source) : payload);
    if (!Buffer.isBuffer(rendered) || answer.conversion !== 'to-binary') return rendered;
    return fromBase64(rendered) ?? misconfigured('the answer is not Base64, which CONVERT_TO_BINARY demands');
  }
}

/** Null: it cannot be executed, which the service accepts from nobody, so that nothing matches it. */
function patternOf(source: string): Pattern | null {
  try {
    return new Pattern(`^(?:${source})$`, { fold: false, captures: false });
  } catch (error) {
    if (error instanceof PatternError) return null;
    throw error;
  }
}
