import type { Action as WireAction } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { targetGroupsOf, type Action, type ForwardAction, type Listener, type LoadBalancer, type TargetGroup, type WeightedTargetGroup } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { loadBalancersOf, targetGroupsUsedBy } from './association.ts';
import { authenticateCognito, authenticateOidc, authenticateShape } from './authenticate.ts';
import { invalidConfiguration, missingConfig, needsIpv6, validationError } from './error.ts';
import { refuseUnstuck } from './group-stickiness.ts';
import { jwtValidation } from './jwt-validation.ts';
import * as lookup from './lookup.ts';
import { redirect } from './redirect.ts';

/** Actions of listeners and rules: from the wire to the noun, checked, and back. */


const CONTENT_TYPES = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'];

export interface ActionContext {
  readonly world: World;
  readonly environment: Environment;
  readonly call: Call;
  readonly balancer: LoadBalancer;
  readonly listener: Pick<Listener, 'protocol' | 'port'>;
  /** The actions that these replace; empty where there are none. */
  readonly existing: readonly Action[];
}

function invalidAction(message: string): AwsError {
  return new AwsError('InvalidLoadBalancerAction', message);
}

/** Let a request pass to the action behind them, or answer in its place. */
function isGate(type: string | undefined): boolean {
  return type === 'authenticate-oidc' || type === 'authenticate-cognito' || type === 'jwt-validation';
}

/** Throws where one of the actions must have an HTTPS listener. */
export function refuseGates(listed: readonly { readonly Type?: string | undefined }[]): void {
  const gate = listed.find(({ Type }) => isGate(Type));
  if (gate) throw invalidAction(`Actions of type '${gate.Type}' are supported only on HTTPS listeners`);
}

/** The actions given, with AWS's defaults filled in; throws on what AWS refuses and on what cannot be executed. */
export function actions(given: readonly WireAction[] | undefined, context: ActionContext): readonly Action[] {
  if (!given || given.length === 0) throw validationError('At least one action must be specified');
  const orders = new Set<number>();
  for (const each of given) {
    if (given.length > 1) {
      if (each.Order === undefined) throw validationError('When you specify multiple actions, you must specify an order for each action');
      if (orders.has(each.Order)) throw validationError(`Action order '${each.Order}' was specified more than once`);
      orders.add(each.Order);
    }
    if (context.listener.protocol !== 'HTTPS') refuseGates([each]);
  }
  const last = given.reduce((found, each) => ((each.Order ?? 0) > (found.Order ?? 0) ? each : found));
  // observed, but for the last sentence
  const routing = given.filter((each) => !isGate(each.Type));
  if (routing.length > 1) throw invalidAction(`Action types '${routing.map(({ Type }) => Type).join(',')}' cannot be specified together`);
  if (routing[0] !== undefined && routing[0] !== last) throw invalidAction(`An action of type '${routing[0].Type}' must have a higher order than all other actions`);
  if (routing.length === 0) throw invalidAction('A rule must have exactly one action of the types forward, redirect and fixed-response, and it must be performed last');
  for (const types of [['authenticate-oidc', 'authenticate-cognito'], ['jwt-validation']]) {
    if (given.filter((each) => types.includes(each.Type ?? '')).length > 1) throw invalidAction(`A rule can have at most one action of type ${types.join(' or ')}`);
  }
  const result = given.map((each) => action(each, context));
  refuseLoginsOfNewer(result, context.world);
  checkAssociations(result, context);
  return result;
}

/**
 * "If the protocol version of a target group is gRPC or HTTP/2, the only supported actions are forward actions": no user is sent to log in from there.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#rule-action-types
 * Chosen: the words, and that tokens may be looked at (jwt-validation came after that sentence, and is made for calls between services).
 */
function refuseLoginsOfNewer(listed: readonly Action[], world: World): void {
  const login = listed.find(({ Type }) => Type === 'authenticate-oidc' || Type === 'authenticate-cognito');
  if (login === undefined) return;
  for (const arn of targetGroupsOf(listed)) {
    const version = world.get('elbv2/target-group', arn)?.protocolVersion;
    if (version === 'HTTP2' || version === 'GRPC') throw invalidAction(`Action type '${login.Type}' is not supported with a target group with the protocol-version '${version}'`);
  }
}

function action(given: WireAction, context: ActionContext): Action {
  const Order = given.Order ?? null;
  switch (given.Type) {
    case 'forward':
      only(given, ['ForwardConfig', 'TargetGroupArn']);
      return { Type: 'forward', Order, ForwardConfig: forward(given, context) };
    case 'redirect':
      only(given, ['RedirectConfig']);
      return { Type: 'redirect', Order, RedirectConfig: redirect(given.RedirectConfig, context.listener) };
    case 'fixed-response':
      only(given, ['FixedResponseConfig']);
      return { Type: 'fixed-response', Order, FixedResponseConfig: fixedResponse(given) };
    case 'authenticate-oidc':
      only(given, ['AuthenticateOidcConfig']);
      return { Type: 'authenticate-oidc', Order, AuthenticateOidcConfig: authenticateOidc(given, context.existing) };
    case 'authenticate-cognito':
      only(given, ['AuthenticateCognitoConfig']);
      return { Type: 'authenticate-cognito', Order, AuthenticateCognitoConfig: authenticateCognito(given, context.call.region) };
    case 'jwt-validation':
      only(given, ['JwtValidationConfig']);
      return { Type: 'jwt-validation', Order, JwtValidationConfig: jwtValidation(given) };
    default:
      throw validationError(`Action type '${given.Type}' must be one of 'redirect,fixed-response,forward,authenticate-cognito,authenticate-oidc,jwt-validation'`);
  }
}

const CONFIGS = ['TargetGroupArn', 'ForwardConfig', 'RedirectConfig', 'FixedResponseConfig', 'AuthenticateOidcConfig', 'AuthenticateCognitoConfig', 'JwtValidationConfig'] as const;

/** A configuration of another type would be ignored: AWS refuses it. */
function only(given: WireAction, allowed: readonly (typeof CONFIGS)[number][]): void {
  for (const config of CONFIGS) {
    if (given[config] !== undefined && !allowed.includes(config)) throw validationError(`'${config}' cannot be specified for actions with type '${given.Type}'`);
  }
}

function forward(given: WireAction, { world, environment, call, balancer, listener }: ActionContext): ForwardAction['ForwardConfig'] {
  const listed = given.ForwardConfig?.TargetGroups ?? [];
  const single = given.TargetGroupArn;
  if (single === undefined && listed.length === 0) throw validationError('A target group ARN must be specified');
  if (single !== undefined && listed.length > 0 && (listed.length > 1 || listed[0]?.TargetGroupArn !== single)) {
    throw validationError('You can specify both a target group list and a top-level target group ARN only if the ARNs match');
  }
  const most = quota(environment, 'target-groups-per-action-on-application-load-balancer');
  if (listed.length > most) throw new AwsError('TooManyTargetGroups', `You cannot specify more than ${most} target groups per action`);
  const groups: WeightedTargetGroup[] = [];
  const nouns: TargetGroup[] = [];
  for (const each of listed.length > 0 ? listed : [{ TargetGroupArn: single }]) {
    const arn = each.TargetGroupArn;
    if (arn === undefined) throw validationError('A target group ARN must be specified');
    // observed: several groups have a weight each
    const weight = ('Weight' in each ? each.Weight : undefined) ?? (listed.length > 1 ? NaN : 1);
    if (!Number.isInteger(weight) || weight < 0 || weight > 999) {
      throw validationError(listed.length > 1 ? 'The weight for each target group must be between 0 and 999, inclusive' : 'The weight for the target group must be between 1 and 999, inclusive');
    }
    if (groups.some((group) => group.TargetGroupArn === arn)) throw validationError(`Target group '${arn}' was specified more than once`);
    const group = lookup.find(world, 'elbv2/target-group', { arn, call });
    if (!group) throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`);
    if (group.vpcId !== null && group.vpcId !== balancer.vpcId) {
      throw invalidConfiguration(`The following target groups are in a different VPC than load balancer '${balancer.id}': ${arn}`);
    }
    if (group.ipAddressType === 'ipv6' && balancer.ipAddressType === 'ipv4') throw needsIpv6();
    // AWS's words, as its callers quote them
    if (group.targetType === 'alb') throw new AwsError('IncompatibleProtocols', `The listener and the following target groups have incompatible protocols: ${arn}`);
    if (listener.protocol === 'HTTP' && (group.protocolVersion === 'HTTP2' || group.protocolVersion === 'GRPC')) {
      throw invalidAction(`Listener protocol 'HTTP' is not supported with a target group with the protocol-version '${group.protocolVersion}'`);
    }
    groups.push({ TargetGroupArn: arn, Weight: weight });
    nouns.push(group);
  }
  if (new Set(nouns.map(({ ipAddressType }) => ipAddressType)).size > 1) throw invalidConfiguration('The IP address types of the target groups for a single action must be the same');
  const config = { TargetGroups: groups, TargetGroupStickinessConfig: stickiness(given) };
  refuseUnstuck(config, nouns);
  return config;
}

function stickiness(given: WireAction): ForwardAction['ForwardConfig']['TargetGroupStickinessConfig'] {
  const config = given.ForwardConfig?.TargetGroupStickinessConfig;
  const enabled = config?.Enabled === true;
  const duration = config?.DurationSeconds;
  if (enabled && duration === undefined) throw validationError('You must provide a duration when enabling target group stickiness');
  if (duration !== undefined && (duration < 1 || duration > 604800)) {
    throw validationError('Target group stickiness duration must be between 1 and 604800 seconds');
  }
  return { Enabled: enabled, DurationSeconds: duration ?? null };
}

function fixedResponse(given: WireAction): Extract<Action, { Type: 'fixed-response' }>['FixedResponseConfig'] {
  const config = given.FixedResponseConfig;
  if (config?.StatusCode === undefined) throw missingConfig('fixed-response', 'FixedResponseConfig');
  if (!/^[245]\d\d$/.test(config.StatusCode)) {
    throw validationError(`Fixed response status code '${config.StatusCode}' must satisfy regular expression pattern: ^(2|4|5)\\d\\d$`);
  }
  if (config.ContentType !== undefined && config.ContentType !== '' && !CONTENT_TYPES.includes(config.ContentType)) {
    throw invalidAction(`The ContentType must be one of:'${['text/html', 'application/json', 'application/javascript', 'text/css', 'text/plain'].join("', '")}'.`);
  }
  if (Buffer.byteLength(config.MessageBody ?? '') > 1024) throw invalidAction('The MessageBody of a fixed response cannot be longer than 1024 bytes');
  return { StatusCode: config.StatusCode, ContentType: config.ContentType || null, MessageBody: config.MessageBody ?? null };
}

/** A target group serves one load balancer, and a load balancer has a bounded number of them. */
function checkAssociations(parsed: readonly Action[], { world, environment, balancer }: ActionContext): void {
  const arns = targetGroupsOf(parsed);
  const taken = arns.filter((arn) => loadBalancersOf(world, arn).some((other) => other !== balancer.id));
  if (taken.length > 0) {
    throw new AwsError('TargetGroupAssociationLimit', `The following target groups cannot be associated with more than one load balancer: ${taken.join(', ')}`);
  }
  const most = quota(environment, 'target-groups-per-application-load-balancer');
  if (new Set([...targetGroupsUsedBy(world, balancer.id), ...arns]).size > most) {
    throw new AwsError('TooManyUniqueTargetGroupsPerLoadBalancer', `The maximum number of unique target groups associated with load balancer '${balancer.id}' has been reached`);
  }
}

/** As answered: a forward to a single group shows it in `TargetGroupArn` too. */
export function actionShape(stored: Action): WireAction {
  const order = stored.Order === null ? {} : { Order: stored.Order };
  switch (stored.Type) {
    case 'forward': {
      const { TargetGroups: groups, TargetGroupStickinessConfig: sticky } = stored.ForwardConfig;
      const [first] = groups;
      return {
        Type: 'forward',
        ...(groups.length === 1 && first ? { TargetGroupArn: first.TargetGroupArn } : {}),
        ...order,
        ForwardConfig: {
          TargetGroups: groups.map((group) => ({ ...group })),
          TargetGroupStickinessConfig: { Enabled: sticky.Enabled, ...(sticky.DurationSeconds === null ? {} : { DurationSeconds: sticky.DurationSeconds }) },
        },
      };
    }
    case 'redirect':
      return { Type: 'redirect', ...order, RedirectConfig: { ...stored.RedirectConfig } };
    case 'fixed-response': {
      const { StatusCode, ContentType, MessageBody } = stored.FixedResponseConfig;
      return {
        Type: 'fixed-response',
        ...order,
        FixedResponseConfig: { StatusCode, ...(ContentType === null ? {} : { ContentType }), ...(MessageBody === null ? {} : { MessageBody }) },
      };
    }
    case 'authenticate-oidc':
    case 'authenticate-cognito':
      return { ...authenticateShape(stored), ...order };
    case 'jwt-validation': {
      const { AdditionalClaims: claims, ...config } = stored.JwtValidationConfig;
      return {
        Type: 'jwt-validation',
        ...order,
        JwtValidationConfig: { ...config, ...(claims.length === 0 ? {} : { AdditionalClaims: claims.map((claim) => ({ ...claim, Values: [...claim.Values] })) }) },
      };
    }
  }
}
