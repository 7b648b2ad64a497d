import { textTable } from './text-table.ts';

/** As POST /_admin/explain answers. */
export interface ExplainAnswer {
  readonly request: { readonly protocol: string; readonly method: string; readonly host: string; readonly port: number; readonly path: string; readonly query: string | null; readonly sourceAddress: string };
  readonly explanation: Explanation;
}

type Explanation =
  | { readonly served: false; readonly why: string; readonly listening: readonly string[] }
  | {
      readonly served: true;
      readonly listener: { readonly id: string; readonly owner: string; readonly binding: string; readonly claimedBy: string };
      readonly routing: {
        readonly chosen: { readonly id: string; readonly priority: number; readonly fallback: boolean };
        readonly considered: readonly { readonly id: string; readonly priority: number; readonly matched: boolean; readonly conditions: readonly { readonly held: boolean; readonly why: string }[] }[];
        readonly notReached: number;
      };
      readonly policies: readonly { readonly kind: string; readonly settings: { readonly [name: string]: unknown } }[];
      readonly action: { readonly kind: string; readonly [name: string]: unknown };
      readonly pools: readonly {
        readonly id: string;
        readonly label: string;
        readonly share: number;
        readonly failingOpen: boolean;
        readonly endpoints: readonly { readonly target: string; readonly address: string | null; readonly health: string; readonly eligible: boolean; readonly why: string }[];
        readonly functionArn: string | null;
        readonly refused: string | null;
      }[];
      readonly api: Api | null;
      readonly next: Explanation | null;
    };

interface Api {
  readonly nowhere: string | null;
  readonly stage: string;
  readonly basePath: string;
  readonly routePath: string;
  readonly match: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly throttles: readonly string[];
  readonly authorization: string;
  readonly integration: string;
}

/** The decision, step by step. */
export function explainText({ request, explanation }: ExplainAnswer): string {
  const { protocol, method, host, port, path, query, sourceAddress } = request;
  const lines = [`${method} ${protocol}://${host}:${port}${path}${query === null ? '' : `?${query}`} from ${sourceAddress}`];
  lines.push(...explanationText(explanation));
  return lines.join('\n');
}

function explanationText(explanation: Explanation): readonly string[] {
  const lines: string[] = [];
  if (!explanation.served) return ['', `Not served: ${explanation.why}.`, `Listening: ${explanation.listening.join(', ') || 'nothing'}`];
  const { listener, routing, policies, action, pools, api, next } = explanation;
  lines.push('', `Listener  ${listener.id}`, `          on ${listener.binding}, claimed by ${listener.claimedBy}`);
  if (api) lines.push(...apiText(api));
  else lines.push('', 'Rules');
  for (const { priority, matched, id, conditions } of routing.considered) {
    lines.push(`  ${String(priority).padStart(5)}  ${matched ? 'matches' : 'does not match'}  ${id}`);
    for (const { held, why } of conditions) lines.push(`         ${held ? 'yes' : 'no '}  ${why}`);
  }
  if (routing.chosen.fallback && !api) lines.push(`  default  no rule matches  ${routing.chosen.id}`);
  if (routing.notReached > 0) lines.push(`  ${routing.notReached} more after it ${routing.notReached === 1 ? 'is' : 'are'} not reached`);
  if (policies.length > 0) lines.push('', 'Policies', ...policies.map(({ kind, settings }) => `  ${policyText(kind, settings)}`));
  if (!api) lines.push('', `Action    ${actionText(action)}`);
  for (const pool of pools) lines.push(...poolText(pool));
  if (next) lines.push(...explanationText(next));
  return lines;
}

function apiText({ nowhere, stage, basePath, routePath, match, routeKey, pathParameters, throttles, authorization, integration }: Api): readonly string[] {
  const lines = stage === '' ? [] : ['', `Stage     ${stage}${basePath === '' ? '' : `, by ${basePath}`}`, `          routes are matched against ${routePath}`];
  if (nowhere !== null) return [...lines, '', `Refused   ${nowhere}`];
  if (routeKey === '') return [...lines, '', `Serves    ${integration}`];
  const parameters = Object.entries(pathParameters).map(([name, value]) => `${name}=${value}`).join(' ');
  return [
    ...lines, '', `Route     ${routeKey} (${match === 'full' ? 'full match' : match === 'greedy' ? 'greedy variable' : match})${parameters === '' ? '' : `  ${parameters}`}`,
    ...throttles.map((throttle) => `Throttle  ${throttle}`), `Allowed   ${authorization}`, `Serves    ${integration}`,
  ];
}

function policyText(kind: string, settings: { readonly [name: string]: unknown }): string {
  switch (kind) {
    case 'jwt': return `token of ${String(settings['issuer'])}, verified with the keys at ${String((settings['keys'] as { readonly url?: unknown } | undefined)?.url)}`;
    case 'oidc': return `login of ${String(settings['clientId'])} at ${String(settings['issuer'])}; without one: ${String(settings['onUnauthenticated'])}`;
    default: return kind;
  }
}

function actionText(action: { readonly kind: string; readonly [name: string]: unknown }): string {
  switch (action.kind) {
    case 'fixed-response': return `fixed response ${String(action['status'])}`;
    case 'redirect': {
      const { status, protocol, host, port, path, query } = action['redirect'] as Readonly<Record<string, unknown>>;
      return `redirect ${String(status)} to ${String(protocol).toLowerCase()}://${String(host)}:${String(port)}${String(path)}${query ? `?${String(query)}` : ''}`;
    }
    case 'unservable': return `answers ${String(action['status'])}: ${String(action['why'])}`;
    default: return action.kind;
  }
}

type Pool = Extract<Explanation, { served: true }>['pools'][number];

function poolText({ label, id, share, failingOpen, functionArn, refused, endpoints }: Pool): readonly string[] {
  const lines = [`  ${Math.round(share * 100)}% to ${label || id}${failingOpen ? ', failing open' : ''}`];
  if (refused !== null) lines.push(`    cannot be used: ${refused}`);
  if (functionArn !== null) lines.push(`    function ${functionArn}`);
  if (endpoints.length > 0) lines.push(textTable(endpoints.map(({ target, address, eligible, why }) => [eligible ? 'serves' : 'does not serve', target, address ?? 'no address', why]), '    '));
  else if (functionArn === null && refused === null) lines.push('    has no targets');
  return lines;
}
