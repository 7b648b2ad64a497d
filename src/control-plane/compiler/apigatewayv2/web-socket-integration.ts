import { executeApiArn, parseSelectionExpression, type Integration, type IntegrationResponse, type ParsedSelection, type Stage } from '../../resources/apigatewayv2/index.ts';
import type { WebSocketAnswer, WebSocketIntegration, WebSocketParameter, WebSocketTemplates, WebSocketValue } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { compileFunctionLink } from './function-link.ts';
import { serviceCall } from './service-call.ts';
import { withStageVariables } from './stage-variables.ts';

interface Use {
  readonly stage: Stage;
  readonly routeKey: string;
  readonly responses: readonly IntegrationResponse[];
}

/** An integration of a WebSocket API as one route of one stage uses it. */
export function compileWebSocketIntegration(resource: Integration, { stage, routeKey, responses }: Use, maker: Maker): WebSocketIntegration {
  const { integrationType: type } = resource;
  const proxy = type === 'AWS_PROXY' || type === 'HTTP_PROXY';
  const settings = {
    id: resource.integrationId, timeoutMs: resource.timeoutInMillis, decode: resource.contentHandlingStrategy === 'CONVERT_TO_BINARY',
    request: proxy ? null : requestTemplatesOf(resource), passthrough: PASSTHROUGH[resource.passthroughBehavior ?? 'WHEN_NO_MATCH'],
    // what a proxy answers is passed on as it is
    responses: proxy ? [] : responses.map(answerOf),
  };
  const tell = (severity: 'error' | 'warning', field: string, message: string): void => maker.tell({ severity, resource: `${stage.id} integration ${resource.integrationId}`, field, message });
  const unservable = (why: string, field: string): WebSocketIntegration => {
    tell('error', field, `Messages to ${routeKey} are answered with an error: ${why}.`);
    return { kind: 'unservable', ...settings, why };
  };
  if (!proxy && settings.request === null && resource.passthroughBehavior === 'NEVER') return unservable('there is no template, and passthrough is NEVER', 'PassthroughBehavior');
  if (type === 'MOCK') return { kind: 'mock', ...settings };
  let absent = '';
  const uri = withStageVariables(resource.integrationUri ?? '', stage.stageVariables, (variable) => (absent = variable));
  if (uri === null) return unservable(`stage variable ${absent} is not set`, 'IntegrationUri');
  if (type === 'HTTP' || type === 'HTTP_PROXY') {
    return { kind: 'http', ...settings, proxy, method: resource.integrationMethod ?? 'POST', url: uri, parameters: parametersOf(resource.requestParameters ?? {}) };
  }
  if (!uri.includes(':lambda:')) {
    const call = serviceCall(uri, resource.integrationMethod ?? 'POST');
    if (call === null) return unservable(`${uri} names no action and no path of a service`, 'IntegrationUri');
    const role = resource.credentialsArn;
    if (role === null) return unservable('no role says that the service may be called', 'CredentialsArn');
    if (!maker.get('iam/role', role)) return unservable(`role ${role} does not exist`, 'CredentialsArn');
    return { ...call, ...settings, parameters: parametersOf(resource.requestParameters ?? {}) };
  }
  const sourceArn = executeApiArn(resource, resource.parent ?? '', `${stage.stageName}/${routeKey}`);
  const link = compileFunctionLink(uri, { sourceArns: [sourceArn], account: resource.account, role: resource.credentialsArn }, maker);
  if (link.refused !== null) tell('error', 'IntegrationUri', `Messages to ${routeKey} are answered with an error: ${link.refused}; create the function, or add the permission with lambda AddPermission.`);
  return { kind: 'lambda', ...settings, proxy, function: link };
}

const PASSTHROUGH = { WHEN_NO_MATCH: 'when-no-match', WHEN_NO_TEMPLATES: 'when-no-templates', NEVER: 'never' } as const;

/** Without an expression the template for `$default` is taken, or else that for JSON (observed). */
function requestTemplatesOf({ requestTemplates: templates, templateSelectionExpression: expression }: Integration): WebSocketTemplates | null {
  const standard = templates !== null && !Object.hasOwn(templates, '$default') && Object.hasOwn(templates, 'application/json') ? 'application/json' : '\\$default';
  return templatesOf(templates, parseSelectionExpression(expression ?? standard));
}

/** Null where there are none. An expression that cannot be evaluated, which the service accepts from nobody, chooses `$default`. */
function templatesOf(templates: Readonly<Record<string, string>> | null, parsed: ParsedSelection): WebSocketTemplates | null {
  if (templates === null || Object.keys(templates).length === 0) return null;
  return { selection: parsed.kind === 'parts' ? parsed.parts : [{ kind: 'text', text: '$default' }], templates };
}

function answerOf({ integrationResponseKey: key, contentHandlingStrategy, responseTemplates, templateSelectionExpression }: IntegrationResponse): WebSocketAnswer {
  return {
    pattern: key === '$default' ? null : key.slice(1, -1), conversion: contentHandlingStrategy === null ? null : contentHandlingStrategy === 'CONVERT_TO_TEXT' ? 'to-text' : 'to-binary',
    // without an expression the status chooses (observed)
    templates: templatesOf(responseTemplates, parseSelectionExpression(templateSelectionExpression ?? '$integration.response.statuscode', 'answer')),
  };
}

const TARGET = /^integration\.request\.(header|querystring|path)\.(.+)$/;

function parametersOf(parameters: Readonly<Record<string, string>>): readonly WebSocketParameter[] {
  return Object.entries(parameters).flatMap(([target, source]): readonly WebSocketParameter[] => {
    const [, part, name] = TARGET.exec(target) ?? [];
    const value = valueOf(source);
    return part === undefined || name === undefined || value === null ? [] : [{ part: part as WebSocketParameter['part'], name, value }];
  });
}

function valueOf(source: string): WebSocketValue | null {
  if (source.startsWith("'") && source.endsWith("'") && source.length >= 2) return { kind: 'static', text: source.slice(1, -1) };
  const [, root, name] = /^(context|stageVariables|route\.request\.(?:multivalue)?header|route\.request\.(?:multivalue)?querystring)\.(.+)$/.exec(source) ?? [];
  if (root === undefined || name === undefined) return source.startsWith('route.request.body') ? { kind: 'body', path: bodyPath(source) } : null;
  if (root === 'context') return { kind: 'context', name };
  if (root === 'stageVariables') return { kind: 'variable', name };
  return root.endsWith('header') ? { kind: 'header', name: name.toLowerCase() } : { kind: 'querystring', name };
}

function bodyPath(source: string): Extract<WebSocketValue, { kind: 'body' }>['path'] {
  const parsed = parseSelectionExpression(`\${${source.slice('route.'.length)}}`);
  const [part] = parsed.kind === 'parts' ? parsed.parts : [];
  return part?.kind === 'body' ? part.path : [{ kind: 'names', names: [] }];
}
