import type { Integration } from '../../../snapshot/index.ts';
import { gatewayErrors, type ApiExchange, type Fault, type Reply } from '../../exchange/index.ts';
import { errorReply } from '../../listeners/index.ts';
import { IntegrationExchange, RequestIntegration, type HttpIntegrationContext, type IntegrationContext, type IntegrationRequest, type RequestPlace } from '../../targets/index.ts';
import type { LinkedSite } from '../linked-site.ts';

/**
 * A private integration with a listener of a load balancer of this installation: the listener's routes are run as they are for requests from its
 * own sockets, without a socket in between. Its log line and its metrics are written too.
 */
export class ListenerIntegration extends RequestIntegration {
  readonly #listener: string;
  readonly #site: (listener: string) => LinkedSite | null;

  constructor(integration: Extract<Integration, { kind: 'listener' }>, context: HttpIntegrationContext & { readonly site: (listener: string) => LinkedSite | null }) {
    super(integration, context);
    this.#listener = integration.listener;
    this.#site = context.site;
  }

  protected place({ path, query }: ApiExchange): RequestPlace {
    return { path, query };
  }

  protected send(call: ApiExchange, request: IntegrationRequest): void {
    const site = this.#site(this.#listener);
    if (site === null) {
      call.integrationError = `The listener ${this.#listener} is not served`;
      return call.refuse(gatewayErrors.unavailable);
    }
    site.serve(new ChainedExchange(call, request, { context: this.exchangeContext, site }));
  }
}

/** A request to a listener as it comes out of an API. */
class ChainedExchange extends IntegrationExchange {
  constructor(call: ApiExchange, request: IntegrationRequest, { context, site }: { readonly context: IntegrationContext; readonly site: LinkedSite }) {
    super(call, request, context);
    this.site = site;
    // to the balancer the request begins now, whatever the gateway has waited for
    this.startedWall += call.integrationSentAt - call.startedAt;
    this.startedAt = call.integrationSentAt;
  }

  protected over(): void {
    this.site.observer.exchangeEnded(this);
  }

  /** The balancer's own page is an answer like any other to the API. */
  protected failed(fault: Fault): Reply {
    return errorReply(fault);
  }

  protected override replied(reply: Reply): Reply {
    // what a codec writes for a balancer that answers by itself
    return super.replied(this.site.listener.http.serverHeader ? { ...reply, headers: `Server: awselb/2.0\r\n${reply.headers}` } : reply);
  }
}
