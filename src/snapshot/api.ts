import type { StageKeys } from './usage-plan.ts';
import type { WebSocketStage } from './web-socket-stage.ts';

/**
 * API Gateway's side of the waist. A stage of an API is a node of its own; an entrance (the API's own name, a custom domain) is a listener whose
 * fallback action is `apis`: it says which stage serves which path.
 */
export type ApiStage = HttpStage | WebSocketStage;

/** What stages of all kinds of APIs have in common. */
export interface StageIdentity {
  /** ARN: `arn:aws:apigateway:REGION::/apis/API/stages/STAGE`. */
  readonly id: string;
  readonly apiId: string;
  readonly apiName: string;
  readonly account: string;
  readonly region: string;
  /** `$default`, or a name. */
  readonly stage: string;
  /** As metrics are kept under: `API/STAGE`. */
  readonly label: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly accessLog: ApiAccessLog | null;
  /** Of the account in the region, shared by all of its APIs. */
  readonly accountThrottle: Throttle;
  /** Of the stage: shared by its routes that have none of their own. */
  readonly throttle: Throttle | null;
  readonly authorizers: Readonly<Record<string, Authorizer>>;
  /** Null: no route asks for a key. */
  readonly keys: StageKeys | null;
}

export interface HttpStage extends StageIdentity {
  readonly kind: 'http';
  readonly cors: Cors | null;
  readonly integrations: Readonly<Record<string, Integration>>;
  /** In no order: the tree that is made of them has one. */
  readonly routes: readonly ApiRoute[];
}

export interface ApiRoute {
  /** Its id, as `$context.routeId` says it. */
  readonly id: string;
  /** `GET /pets/{id}`, `ANY /{proxy+}`, `$default`. */
  readonly key: string;
  readonly authorization: RouteAuthorization;
  /** Null: the stage's. */
  readonly throttle: Throttle | null;
  /** A key of the stage's integrations; null: nothing is attached. */
  readonly integration: string | null;
  readonly operationName: string | null;
  /** Beyond AWS: whoever comes must have a key of one of the stage's plans. */
  readonly keyed: boolean;
  /** Beyond AWS; null: requests are not looked at. */
  readonly validation: RequestValidation | null;
  /** Beyond AWS; null: every request goes to the integration. */
  readonly cache: RouteCache | null;
}

/** How answers to GET requests are kept. */
export interface RouteCache {
  /** What they are kept under: changes with each deployment. */
  readonly id: string;
  readonly ttlMs: number;
  /** What tells requests apart beside their path; names of headers in lower case. */
  readonly keys: readonly { readonly part: 'header' | 'querystring'; readonly name: string }[];
  /** Clients may have it made anew, with Cache-Control: max-age=0. */
  readonly invalidation: boolean;
}

/** What a request must have. */
export interface RequestValidation {
  /** That must be there; names of headers in lower case. */
  readonly parameters: readonly { readonly part: 'header' | 'querystring' | 'path'; readonly name: string }[];
  /** What bodies are held against: a content type in lower case without parameters, or `$default`, and the text of a JSON schema. */
  readonly models: readonly { readonly contentType: string; readonly schema: string }[];
}

export type RouteAuthorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'iam' }
  /** `authorizer`: a key of the stage's authorizers. */
  | { readonly kind: 'jwt'; readonly authorizer: string; readonly scopes: readonly string[] }
  | { readonly kind: 'lambda'; readonly authorizer: string };

/** A token bucket, exact over all threads. */
export interface Throttle {
  /** Which bucket: throttles of one key share it. */
  readonly key: string;
  /** Requests a second. */
  readonly rate: number;
  readonly burst: number;
}

export interface Cors {
  /** `*`, exact origins, or origins with one `*`. */
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  /** Seconds; null: none is sent. */
  readonly maxAge: number | null;
}

/** One line a request, written into a log group of CloudWatch. */
export interface ApiAccessLog {
  /** Name of the log group. */
  readonly group: string;
  /** With `$context` variables, as configured. */
  readonly format: string;
}

/** How a function is called: its ARN in `Snapshot.functions`, or why it may not be. */
export interface FunctionLink {
  /** As configured, for people. */
  readonly uri: string;
  /** A function or version of `Snapshot.functions`, or one of their aliases, unless `refused` says why not. */
  readonly functionArn: string;
  readonly refused: string | null;
}

export type Authorizer =
  | {
      readonly kind: 'jwt';
      readonly id: string;
      readonly name: string;
      readonly issuer: string;
      readonly audience: readonly string[];
      /** `$request.header.Authorization`: the first that the request has. */
      readonly identitySources: readonly string[];
    }
  | {
      readonly kind: 'lambda';
      readonly id: string;
      readonly name: string;
      readonly function: FunctionLink;
      readonly payload: '1.0' | '2.0';
      /** The function answers `{ isAuthorized, context }`, and not a policy. */
      readonly simpleResponses: boolean;
      readonly identitySources: readonly string[];
      /** 0: nothing is remembered. */
      readonly ttlMs: number;
      /** What answers are remembered under: changes when they are to be forgotten. */
      readonly cacheKey: string;
    }
  /** Cannot be executed: every request is refused. */
  | { readonly kind: 'unservable'; readonly id: string; readonly name: string; readonly why: string };

interface IntegrationSettings {
  /** As `$context` and explain name it. */
  readonly id: string;
  readonly timeoutMs: number;
  readonly request: readonly ParameterMapping[];
  readonly responses: readonly ResponseMapping[];
}

export type Integration = IntegrationSettings &
  (
    | { readonly kind: 'lambda'; readonly function: FunctionLink; readonly payload: '1.0' | '2.0' }
    /** To a URL, by its own connections. `{name}` in it is a path parameter. */
    | { readonly kind: 'http'; readonly method: string; readonly url: string; readonly serverName: string | null }
    /** To a listener of a load balancer of this installation: its routes are run without a socket. */
    | { readonly kind: 'listener'; readonly method: string; readonly listener: string; readonly serverName: string | null }
    /** To one of these addresses, in turn: instances of a service of Cloud Map. None: 503. */
    | { readonly kind: 'instances'; readonly method: string; readonly service: string; readonly addresses: readonly { readonly host: string; readonly port: number }[]; readonly serverName: string | null }
    | { readonly kind: 'aws-service'; readonly subtype: string; readonly region: string; readonly parameters: Readonly<Record<string, string>>; readonly credentials: ServiceCredentials | null }
    /** Answers `status`; `why` goes to logs and explain. */
    | { readonly kind: 'unservable'; readonly status: number; readonly why: string }
  );

/** What the requests of an AWS service integration are signed with. */
export interface ServiceCredentials {
  readonly roleArn: string;
}

/** What changes of a request on its way to the integration: `append`, `overwrite` or `remove` of a part. */
export interface ParameterMapping {
  readonly action: 'append' | 'overwrite' | 'remove';
  /** `status` in responses only, `path` in requests only. */
  readonly part: 'header' | 'querystring' | 'path' | 'status';
  /** Empty for `path` and `status`. */
  readonly name: string;
  /** Static, `$request.header.name`, or with `${...}`; empty for `remove`. */
  readonly value: string;
}

export interface ResponseMapping {
  /** Status of the integration's answer that it is for. */
  readonly status: number;
  readonly mappings: readonly ParameterMapping[];
}

/** Which stage serves which requests of an entrance. */
export interface ApiEntrance {
  readonly kind: 'apis';
  /** `api`: an API's own name, whose first path segment is a stage; `domain`: a custom domain with mappings and rules. */
  readonly entrance: 'api' | 'domain';
  /** As `$context.domainName` has it. */
  readonly domainName: string;
  /** Mutual TLS: what a client's certificate must have been verified against; null: nobody is asked for one. */
  readonly trustStore: string | null;
  /** By priority; they come before the mappings. */
  readonly rules: readonly EntranceRule[];
  readonly mappings: readonly EntranceMapping[];
}

export interface EntranceMapping {
  /** `orders`, `orders/v1`, '' for all: whole segments, without slashes at the ends. The longest that fits serves. */
  readonly basePath: string;
  /** Id into `Snapshot.stages`. */
  readonly stage: string;
}

export interface EntranceRule {
  /** ARN. */
  readonly id: string;
  readonly priority: number;
  /** Any of them; none: every path. */
  readonly basePaths: readonly string[];
  /** All of them (AWS ANDs conditions); each holds when any of its alternatives does. */
  readonly headers: readonly (readonly { readonly name: string; readonly glob: string }[])[];
  readonly stage: string;
  readonly stripBasePath: boolean;
}

/** Who may sign requests for routes with IAM authorization. */
export interface Identity {
  /** Access key id. */
  readonly id: string;
  /** Secret: kept and printed as private keys are. */
  readonly secret: string;
  readonly sessionToken: string | null;
  /** Milliseconds since the epoch; null: does not expire. */
  readonly expiresAt: number | null;
  readonly account: string;
  /** ARN of the user or of the assumed role's session. */
  readonly principal: string;
  /** `AIDA...`, `AROA...:session`. */
  readonly userId: string;
  /** Policy documents (JSON) that apply to it. */
  readonly policies: readonly string[];
  /** A second ceiling; null: none. */
  readonly boundary: string | null;
}
