import { diff, redact } from '../../snapshot/index.ts';
import { explainRequestOf } from './explain.ts';
import { refuseForeignPages } from './guard.ts';
import { AdminError, bodyOf, json, text, type AdminAnswer, type AdminRequest } from './request.ts';
import { runView, stackRequestOf, stackView } from './stack-view.ts';
import { statusOf } from './status.ts';
import type { AdminSources } from './sources.ts';
import { terraformOverride } from './terraform.ts';

type Handler = (request: AdminRequest, sources: AdminSources) => Promise<AdminAnswer> | AdminAnswer;

/** Everything under /_admin, by method and path. */
const ROUTES: Readonly<Record<string, Handler>> = {
  'GET /_admin/status': (_request, sources) => json(statusOf(sources)),
  'GET /_admin/snapshot': (_request, sources) => json(redact(sources.snapshot())),
  'GET /_admin/diff': (_request, sources) => {
    const previous = sources.previousSnapshot();
    return json(previous === null ? null : diff(redact(previous), redact(sources.snapshot())));
  },
  'GET /_admin/parity': ({ query }, sources) => {
    const service = query.get('service');
    const all = sources.parity();
    const chosen = service === null ? all : all.filter((one) => one.service === service);
    if (chosen.length === 0) throw new AdminError(404, 'NoSuchService', { message: `There is no service "${service ?? ''}": one of ${all.map((one) => one.service).join(', ')}.` });
    return json(chosen);
  },
  'GET /_admin/ca.pem': async (_request, sources) => text(await sources.rootCertificate(), 'application/x-pem-file'),
  'GET /_admin/metrics': async (_request, sources) => text(await sources.metrics(), 'text/plain; version=0.0.4; charset=utf-8'),
  'GET /_admin/terraform': ({ query }, sources) => {
    const region = query.get('region') ?? 'us-east-1';
    if (region !== '' && !/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) throw new AdminError(400, 'InvalidRegion', { message: `region is "${region}": give one like us-east-1, or nothing to leave it out.` });
    const services = sources.parity().filter((one) => one.operations.some(({ state }) => state === 'implemented')).map((one) => one.service);
    return text(terraformOverride({ endpoint: sources.endpoint(), services, region: region === '' ? null : region }));
  },
  'POST /_admin/explain': async (request, sources) => {
    const asked = explainRequestOf(bodyOf(request), sources.snapshot());
    return json({ request: asked, explanation: await sources.explain(asked) });
  },
  'POST /_admin/reset': async (_request, sources) => {
    if (sources.reset === null) {
      throw new AdminError(403, 'ResetNotAllowed', { message: 'This installation does not allow reset: it would delete every resource. Start it with --allow-reset yes where that is meant.' });
    }
    await sources.reset();
    return json({ reset: true });
  },
  'GET /_admin/stacks': (_request, sources) => json(sources.stacks.list().map(stackView)),
  'POST /_admin/stacks': async (request, sources) => {
    const { template, ...asked } = stackRequestOf(bodyOf(request));
    const run = await sources.stacks.apply(template, asked);
    return json(runView(run), run.outcome === 'failed' ? 422 : 200);
  },
};

/** The read side for console and command line, and the few things that they may start. Never rejects. */
export class AdminApi {
  readonly #sources: AdminSources;

  constructor(sources: AdminSources) {
    this.#sources = sources;
  }

  async handle(request: AdminRequest): Promise<AdminAnswer> {
    try {
      const refusal = await this.#sources.refuse(request);
      if (refusal !== null) throw new AdminError(403, 'CredentialsRequired', { message: refusal });
      refuseForeignPages(request, this.#sources.hosts);
      return await this.#route(request);
    } catch (error) {
      return failure(error);
    }
  }

  async #route(request: AdminRequest): Promise<AdminAnswer> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const path = request.path.replace(/\/+$/, '');
    const handler = Object.hasOwn(ROUTES, `${method} ${path}`) ? ROUTES[`${method} ${path}`] : undefined;
    if (handler) return handler(request, this.#sources);
    const stack = /^\/_admin\/stacks\/([^/]+)$/.exec(path)?.[1];
    if (stack !== undefined && method === 'GET') {
      const found = this.#sources.stacks.list().find(({ name }) => name === stack);
      if (!found) throw new AdminError(404, 'NoSuchStack', { message: `There is no stack "${stack}": one of ${this.#sources.stacks.list().map(({ name }) => name).join(', ') || 'none'}.` });
      return json(stackView(found));
    }
    if (stack !== undefined && method === 'DELETE') {
      const run = await this.#sources.stacks.delete(stack);
      return json(runView(run), run.outcome === 'failed' ? 422 : 200);
    }
    const others = Object.keys(ROUTES).filter((route) => route.endsWith(` ${path}`)).map((route) => route.split(' ')[0]);
    if (others.length > 0) throw new AdminError(405, 'MethodNotAllowed', { message: `${path} takes ${others.join(', ')}, not ${request.method}.` });
    throw new AdminError(404, 'NoSuchPath', { message: `There is no ${path}: ${Object.keys(ROUTES).join(', ')}, GET and DELETE /_admin/stacks/NAME.` });
  }
}

function failure(error: unknown): AdminAnswer {
  if (error instanceof AdminError) return json({ error: { code: error.code, message: error.message, ...error.details } }, error.status);
  // Templates' own errors: their room is not one that this one may import.
  if (error instanceof Error && 'problems' in error) return json({ error: { code: 'TemplateError', message: error.message, problems: error.problems } }, 400);
  return json({ error: { code: 'InternalFailure', message: error instanceof Error ? error.message : String(error) } }, 500);
}
