import { executeApiArn, parseSelectionExpression, staticTemplate, type Integration, type IntegrationResponse, type Stage } from '../../resources/apigatewayv2/index.ts';
import type { WebSocketIntegration, WebSocketParameter, WebSocketValue } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { compileFunctionLink } from './function-link.ts';
import { withStageVariables } from './stage-variables.ts';

interface Use {
  readonly stage: Stage;
  readonly routeKey: string;
  readonly responses: readonly IntegrationResponse[];
}

/** An integration of a WebSocket API as one route of one stage uses it. */
export function compileWebSocketIntegration(resource: Integration, { stage, routeKey, responses }: Use, maker: Maker): WebSocketIntegration {
  const answer = responses.find(({ integrationResponseKey }) => integrationResponseKey === '$default');
  const settings = {
    id: resource.integrationId, timeoutMs: resource.timeoutInMillis, decode: resource.contentHandlingStrategy === 'CONVERT_TO_BINARY',
    encode: answer?.contentHandlingStrategy === 'CONVERT_TO_TEXT', request: null as string | null, response: null as string | null,
  };
  const tell = (severity: 'error' | 'warning', field: string, message: string): void => maker.tell({ severity, resource: `${stage.id} integration ${resource.integrationId}`, field, message });
  const unservable = (why: string, field: string): WebSocketIntegration => {
    tell('error', field, `Messages to ${routeKey} are answered with an error: ${why}.`);
    return { kind: 'unservable', ...settings, why };
  };
  const { integrationType: type } = resource;
  const proxy = type === 'AWS_PROXY' || type === 'HTTP_PROXY';
  if (!proxy) {
    const request = staticTemplate(resource.requestTemplates, resource.templateSelectionExpression);
    if (request.kind === 'dynamic') return unservable('mapping templates with variables or directives are not executed for WebSocket APIs', 'RequestTemplates');
    if (request.kind === 'none' && resource.passthroughBehavior === 'NEVER') return unservable('no template fits, and passthrough is NEVER', 'PassthroughBehavior');
    if (request.kind === 'none' && resource.passthroughBehavior === 'WHEN_NO_TEMPLATES' && resource.requestTemplates !== null) return unservable('no template fits, and passthrough is for integrations without templates', 'PassthroughBehavior');
    if (request.kind === 'text') settings.request = request.text;
    if (answer !== undefined) {
      const response = staticTemplate(answer.responseTemplates, answer.templateSelectionExpression);
      if (response.kind === 'dynamic') return unservable('mapping templates with variables or directives are not executed for WebSocket APIs', 'ResponseTemplates');
      if (response.kind === 'text') settings.response = response.text;
    }
    for (const { integrationResponseKey } of responses) {
      if (integrationResponseKey !== '$default') tell('warning', 'IntegrationResponseKey', `The integration response ${integrationResponseKey} has no effect: only $default is executed.`);
    }
  }
  if (type === 'MOCK') return { kind: 'mock', ...settings, status: mockStatus(settings.request) };
  let absent = '';
  const uri = withStageVariables(resource.integrationUri ?? '', stage.stageVariables, (variable) => (absent = variable));
  if (uri === null) return unservable(`stage variable ${absent} is not set`, 'IntegrationUri');
  if (type === 'HTTP' || type === 'HTTP_PROXY') {
    return { kind: 'http', ...settings, proxy, method: resource.integrationMethod ?? 'POST', url: uri, parameters: parametersOf(resource.requestParameters ?? {}) };
  }
  if (!uri.includes(':lambda:')) return unservable(`${uri} is a service that is not called from WebSocket APIs: name a function`, 'IntegrationUri');
  const sourceArn = executeApiArn(resource, resource.parent ?? '', `${stage.stageName}/${routeKey}`);
  const link = compileFunctionLink(uri, { sourceArns: [sourceArn], account: resource.account, role: resource.credentialsArn }, maker);
  if (link.refused !== null) tell('error', 'IntegrationUri', `Messages to ${routeKey} are answered with an error: ${link.refused}; create the function, or add the permission with lambda AddPermission.`);
  return { kind: 'lambda', ...settings, proxy, function: link };
}

/** `{"statusCode": 200}`: what a mock answers by; 200 where it does not say. */
function mockStatus(template: string | null): number {
  const status = /"?statusCode"?\s*:\s*"?(\d{3})"?/.exec(template ?? '')?.[1];
  return status === undefined ? 200 : Number(status);
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
