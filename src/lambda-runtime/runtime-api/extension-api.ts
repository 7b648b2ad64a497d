import type { TelemetryInterface } from '../telemetry/subscription.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Answer, RuntimeRequest } from './http-connection.ts';

/** What an extension is told of an invocation. */
export interface InvokeEvent {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly invokedArn: string;
  readonly traceId: string | null;
}

export interface ExtensionOwner {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly handler: string;
  newId(): string;
  /** The environment is not ready yet: extensions register and subscribe only now. */
  initialising(): boolean;
  /** An extension has asked for its next event: perhaps all have. */
  asked(): void;
  /** An extension gives up: `phase` init or exit, with what it says. */
  failed(phase: 'init' | 'exit', errorType: string): void;
  /** Where extensions subscribe to what happens. */
  readonly telemetry: Telemetry;
}

type Event = 'INVOKE' | 'SHUTDOWN';

interface Extension {
  readonly name: string;
  readonly events: ReadonlySet<Event>;
  /** It waits for an event here. */
  give: ((document: object) => void) | null;
}

const PREFIX = '/2020-01-01/extension/';
/** Where an extension subscribes, and to what. */
const SUBSCRIPTIONS: readonly (readonly [RegExp, TelemetryInterface])[] = [[/^\/2022-07-01\/telemetry\/?$/, 'telemetry'], [/^\/2020-08-15\/logs\/?$/, 'logs']];
const API_NAMES: Readonly<Record<TelemetryInterface, string>> = { telemetry: 'Telemetry', logs: 'Logs' };
const JSON_TYPE = 'Content-Type: application/json\r\n';
const OK = Buffer.from('{"status":"OK"}\n');
/** AWS: at most ten. */
const MOST = 10;
const NAME_LENGTH = 128;

/**
 * The Extensions API of one environment (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html): register, next, init and exit errors, and
 * subscriptions to telemetry, by the Telemetry API and by the Logs API that it has superseded.
 */
export class ExtensionApi {
  readonly #owner: ExtensionOwner;
  readonly #extensions = new Map<string, Extension>();
  /** Programs that were started and have not registered yet, by the names of their files. */
  readonly #expected = new Set<string>();

  constructor(owner: ExtensionOwner) {
    this.#owner = owner;
  }

  /** Programs that will register, by the names of their files. */
  expect(names: readonly string[]): void {
    for (const name of names) this.#expected.add(name);
  }

  /** Nobody is still at work: each waits for its next event. */
  get ready(): boolean {
    if (this.#expected.size > 0) return false;
    for (const { give, events } of this.#extensions.values()) if (give === null && events.size > 0) return false;
    return true;
  }

  get registered(): readonly { readonly name: string; readonly events: readonly string[] }[] {
    return [...this.#extensions.values()].map(({ name, events }) => ({ name, events: [...events] }));
  }

  get wantsShutdown(): boolean {
    return [...this.#extensions.values()].some(({ events }) => events.has('SHUTDOWN'));
  }

  invoke({ requestId, deadline, invokedArn, traceId }: InvokeEvent): void {
    if (this.#extensions.size === 0) return;
    this.#tell('INVOKE', {
      eventType: 'INVOKE', deadlineMs: deadline, requestId, invokedFunctionArn: invokedArn, ...(traceId === null ? {} : { tracing: { type: 'X-Amzn-Trace-Id', value: traceId } }),
    });
  }

  shutdown(reason: 'spindown' | 'timeout' | 'failure', deadline: number): void {
    this.#tell('SHUTDOWN', { eventType: 'SHUTDOWN', shutdownReason: reason, deadlineMs: deadline });
  }

  takes(path: string): boolean {
    return path.startsWith(PREFIX) || subscriptionAt(path) !== null;
  }

  route(request: RuntimeRequest, answer: Answer): void {
    const { method, path } = request;
    const of = subscriptionAt(path);
    if (of !== null) return this.#subscribe(of, request, answer);
    const resource = path.slice(PREFIX.length);
    if (resource === 'register' && method === 'POST') return this.#register(request, answer);
    const extension = this.#known(request, answer);
    if (!extension) return;
    if (resource === 'event/next' && method === 'GET') {
      extension.give = (document) => answer(200, `${JSON_TYPE}Lambda-Extension-Event-Identifier: ${this.#owner.newId()}\r\n`, Buffer.from(JSON.stringify(document)));
      this.#owner.asked();
      return;
    }
    if ((resource === 'init/error' || resource === 'exit/error') && method === 'POST') {
      const errorType = request.header('lambda-extension-function-error-type');
      if (errorType === undefined) return say(answer, 403, 'Extension.MissingHeader', 'Missing Lambda-Extension-Function-Error-Type header');
      answer(202, JSON_TYPE, OK);
      this.#owner.failed(resource === 'init/error' ? 'init' : 'exit', errorType);
      return;
    }
    say(answer, 404, 'Extension.NotFound', `no such path: ${path}`);
  }

  /** Who asks; null: nobody known, and that has been answered. */
  #known(request: RuntimeRequest, answer: Answer): Extension | null {
    const id = request.header('lambda-extension-identifier');
    const extension = id === undefined ? undefined : this.#extensions.get(id);
    if (id === undefined) say(answer, 403, 'Extension.MissingExtensionIdentifier', 'Missing Lambda-Extension-Identifier header');
    else if (!extension) say(answer, 403, 'Extension.UnknownExtensionIdentifier', `Unknown extension ${id}`);
    return extension ?? null;
  }

  #subscribe(of: TelemetryInterface, request: RuntimeRequest, answer: Answer): void {
    const api = API_NAMES[of];
    if (request.method !== 'PUT') return say(answer, 405, `${api}.MethodNotAllowed`, `${request.method} is not allowed here: use PUT`);
    const extension = this.#known(request, answer);
    if (!extension) return;
    // AWS: after the initialisation subscriptions are not processed any more. The words are chosen.
    if (!this.#owner.initialising()) return say(answer, 403, `${api}.SubscriptionClosed`, `${api} API subscription is closed already`);
    const wrong = this.#owner.telemetry.subscribe(extension.name, of, request.body);
    if (wrong === null) answer(200, JSON_TYPE, Buffer.from('"OK"'));
    else say(answer, 400, of === 'logs' ? 'Logs.ValidationError' : 'ValidationError', wrong);
  }

  #register(request: RuntimeRequest, answer: Answer): void {
    const name = request.header('lambda-extension-name');
    if (name === undefined || name === '' || name.length > NAME_LENGTH) return say(answer, 403, 'Extension.InvalidExtensionName', 'Empty or invalid Lambda-Extension-Name header');
    // In the words of AWS's own emulator of the interface, as below.
    if (!this.#owner.initialising()) return say(answer, 403, 'Extension.RegistrationClosed', 'Extension registration closed already');
    if ([...this.#extensions.values()].some((each) => each.name === name)) return say(answer, 403, 'Extension.InvalidExtensionState', 'Extension with this name already registered');
    if (this.#extensions.size >= MOST) return say(answer, 403, 'Extension.TooManyExtensions', `Extension limit (${MOST}) reached`);
    let events: unknown;
    try {
      ({ events } = JSON.parse(request.body.toString('utf8')) as { events?: unknown });
    } catch {
      return say(answer, 400, 'InvalidRequestFormat', 'the body is not JSON');
    }
    const wanted = events === undefined ? [] : events;
    if (!Array.isArray(wanted) || wanted.some((event) => event !== 'INVOKE' && event !== 'SHUTDOWN')) {
      return say(answer, 400, 'Extension.InvalidEventType', `events may be INVOKE and SHUTDOWN, got ${JSON.stringify(events).slice(0, 200)}`);
    }
    const id = this.#owner.newId();
    this.#extensions.set(id, { name, events: new Set(wanted as Event[]), give: null });
    this.#registered(name, wanted);
    const { functionName, functionVersion, handler } = this.#owner;
    answer(200, `${JSON_TYPE}Lambda-Extension-Identifier: ${id}\r\n`, Buffer.from(JSON.stringify({ functionName, functionVersion, handler })));
  }

  /**
   * AWS knows a program by the name of its file, and takes others for extensions inside the function's own process, which may not ask for SHUTDOWN. Here one that does ask is taken for a program that
   * calls itself otherwise.
   */
  #registered(name: string, events: readonly string[]): void {
    if (this.#expected.delete(name) || !events.includes('SHUTDOWN')) return;
    const [other] = this.#expected;
    if (other !== undefined) this.#expected.delete(other);
  }

  #tell(event: Event, document: object): void {
    for (const extension of this.#extensions.values()) {
      const { give } = extension;
      if (!give || !extension.events.has(event)) continue;
      extension.give = null;
      give(document);
    }
  }
}

function subscriptionAt(path: string): TelemetryInterface | null {
  return SUBSCRIPTIONS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

function say(answer: Answer, status: number, errorType: string, errorMessage: string): void {
  answer(status, JSON_TYPE, Buffer.from(JSON.stringify({ errorMessage, errorType })));
}
