import { JsonSchema } from '../../../kernel/index.ts';
import type { RequestValidation } from '../../../snapshot/index.ts';
import { gatewayErrors, invalidParameters, NEXT, NO_BODY, WAIT, type ApiExchange, type Exchange, type Settled, type Step, type Verdict } from '../../exchange/index.ts';

const DEFAULT_TYPE = 'application/json';

/**
 * Beyond AWS: holds requests of an HTTP API against the parameters that must be there and the model of their content type, and answers as REST APIs do.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export class ValidateRequestStep implements Step {
  readonly kind = 'validate-request';
  readonly word = '';
  readonly #parameters: RequestValidation['parameters'];
  readonly #models: ReadonlyMap<string, JsonSchema>;
  readonly #longestBody: number;

  /** Throws where a schema cannot be compiled; it was when the model was made. */
  constructor({ parameters, models }: RequestValidation, { longestBody }: { readonly longestBody: number }) {
    this.#parameters = parameters;
    this.#models = new Map(models.map(({ contentType, schema }) => [contentType, new JsonSchema(schema)]));
    this.#longestBody = longestBody;
  }

  onRequest(exchange: Exchange): Verdict {
    const call = exchange as ApiExchange;
    const missing = this.#parameters.filter((parameter) => isMissing(call, parameter)).map(({ name }) => name);
    if (missing.length > 0) return call.refusal(invalidParameters(missing));
    if (this.#models.size === 0) return NEXT;
    const type = (call.header('content-type') ?? DEFAULT_TYPE).split(';')[0]!.trim().toLowerCase();
    // what no model is for passes, as with REST APIs
    const model = this.#models.get(type) ?? this.#models.get('$default');
    if (model === undefined) return NEXT;
    if (call.framing === NO_BODY) return call.refusal(gatewayErrors.invalidBody);
    let waits = false;
    let verdict: Settled | null = null;
    call.keepBody(this.#longestBody, (body) => {
      verdict = body === 'too-large' ? call.refusal(gatewayErrors.tooLarge) : isValid(model, body) ? NEXT : call.refusal(gatewayErrors.invalidBody);
      if (waits && !call.ended) call.site.proceed(call, verdict);
    });
    if (verdict !== null) return verdict;
    waits = true;
    return WAIT;
  }
}

function isValid(model: JsonSchema, body: Buffer | null): boolean {
  let value: unknown;
  try {
    value = JSON.parse((body ?? Buffer.alloc(0)).toString('utf8'));
  } catch {
    return false;
  }
  return model.accepts(value);
}

/** "Included in the incoming request and not blank." */
function isMissing(call: ApiExchange, { part, name }: RequestValidation['parameters'][number]): boolean {
  switch (part) {
    case 'header':
      return (call.header(name) ?? '').trim() === '';
    case 'path':
      return (call.pathParameter(name) ?? '') === '';
    case 'querystring':
      return call.query === null || (new URLSearchParams(call.query).get(name) ?? '').trim() === '';
  }
}
