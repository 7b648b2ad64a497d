import type {
  CreateListenerInput, CreateListenerOutput, DeleteListenerInput, DeleteListenerOutput, DescribeListenersInput, DescribeListenersOutput,
  Listener as WireListener, ModifyListenerInput, ModifyListenerOutput, MutualAuthenticationAttributes,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { hexId } from '../../../kernel/index.ts';
import { AwsError, type Call } from '../../../aws/index.ts';
import { DEFAULT_SSL_POLICY, listenerArn, ruleArn, sslPolicy, type Listener } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { actions, actionShape, refuseGates } from './action.ts';
import { checkPortIsFree } from './balancer-target.ts';
import { certificateArn } from './certificate.ts';
import { listenerNotFound, validationError } from './error.ts';
import { carriedOver, newListenerAttributes } from './listener-attribute.ts';
import { removeListener } from './listener-removal.ts';
import * as lookup from './lookup.ts';
import { checkVerifyingListeners, mutualAuthentication } from './mutual-authentication.ts';
import { page } from './page.ts';
import { sslPolicyNotFound } from './ssl-policy.ts';
import { newTags } from './tag.ts';

type TlsSettings = Pick<Listener, 'sslPolicy' | 'defaultCertificate' | 'mutualAuthentication'>;

const NO_TLS: TlsSettings = { sslPolicy: null, defaultCertificate: null, mutualAuthentication: null };

interface AskedTls {
  readonly SslPolicy?: string | undefined;
  readonly Certificates?: CreateListenerInput['Certificates'];
  readonly AlpnPolicy?: string[] | undefined;
  readonly MutualAuthentication?: MutualAuthenticationAttributes | undefined;
}

function protocolOf(given: string | undefined): Listener['protocol'] {
  if (given === undefined) throw validationError('A listener protocol must be specified');
  if (given !== 'HTTP' && given !== 'HTTPS') throw validationError(`Listener protocol '${given}' must be one of 'HTTP, HTTPS'`);
  return given;
}

function portOf(given: number | undefined): number {
  if (given === undefined) throw validationError('A listener port must be specified');
  if (given < 1 || given > 65535) throw validationError(`Listener port '${given}' must be between '1-65535' inclusive`);
  return given;
}

/** TLS settings for a protocol: those given, else those that the listener had. */
function tls(protocol: Listener['protocol'], asked: AskedTls, { world, call, old }: { readonly world: World; readonly call: Call; readonly old: TlsSettings }): TlsSettings {
  if (asked.AlpnPolicy && asked.AlpnPolicy.length > 0) throw validationError("You cannot set ALPN policy on load balancers of type 'application'");
  const certificates = asked.Certificates ?? [];
  if (protocol === 'HTTP') {
    if (certificates.length > 0) throw validationError('A certificate cannot be specified for HTTP listeners');
    if (asked.SslPolicy !== undefined) throw validationError('An SSL policy cannot be specifed for HTTP listeners');
    if (asked.MutualAuthentication?.Mode !== undefined) throw validationError('Mutual Authentication cannot be set for non secure listeners');
    return NO_TLS;
  }
  if (certificates.length > 1) throw validationError('You must provide a list containing exactly one certificate if the listener protocol is HTTPS.');
  if (certificates[0]?.IsDefault !== undefined) throw validationError("'IsDefault' cannot be specified");
  if (certificates.length === 0 && old.defaultCertificate === null) throw validationError('A certificate must be specified for HTTPS listeners');
  const policy = asked.SslPolicy ?? old.sslPolicy ?? DEFAULT_SSL_POLICY;
  if (!sslPolicy(policy)) throw sslPolicyNotFound(policy);
  return {
    sslPolicy: policy,
    defaultCertificate: certificates.length === 0 ? old.defaultCertificate : certificateArn(world, certificates[0], call),
    mutualAuthentication: mutualAuthentication(asked.MutualAuthentication, { world, call, old: old.mutualAuthentication }),
  };
}

export function listenerShape(listener: Listener): WireListener {
  return {
    ListenerArn: listener.id,
    LoadBalancerArn: listener.parent ?? '',
    Port: listener.port,
    Protocol: listener.protocol,
    ...(listener.defaultCertificate === null ? {} : { Certificates: [{ CertificateArn: listener.defaultCertificate }] }),
    ...(listener.sslPolicy === null ? {} : { SslPolicy: listener.sslPolicy }),
    DefaultActions: listener.defaultActions.map(actionShape),
    ...(listener.mutualAuthentication === null ? {} : { MutualAuthentication: { ...listener.mutualAuthentication } }),
  };
}

function sameSettings(a: Listener, b: Listener): boolean {
  const settings = (listener: Listener): string =>
    JSON.stringify([listener.protocol, listener.port, listener.sslPolicy, listener.defaultCertificate, listener.mutualAuthentication, listener.defaultActions, listener.tags]);
  return settings(a) === settings(b);
}

function onPort(world: World, balancer: string, port: number): Listener | undefined {
  return world.children('elbv2/listener', balancer).find((listener) => listener.port === port);
}

function duplicate(balancer: string): AwsError {
  return new AwsError('DuplicateListener', `A listener already exists on this port for this load balancer '${balancer}'`);
}

export function listenerOperations(environment: Environment) {
  return {
    async CreateListener(input: CreateListenerInput, call: Call): Promise<CreateListenerOutput> {
      const tags = newTags(input.Tags, environment);
      const hex = hexId(environment.random, 16);
      const ruleHex = hexId(environment.random, 16);
      const listener = await environment.store.transact((transaction) => {
        const balancer = lookup.loadBalancer(transaction, input.LoadBalancerArn ?? '', call);
        const protocol = protocolOf(input.Protocol);
        const port = portOf(input.Port);
        const id = listenerArn(balancer.id, hex);
        const created: Listener = {
          id,
          account: call.account,
          region: call.region,
          parent: balancer.id,
          createdAt: environment.clock.now(),
          port,
          protocol,
          ...tls(protocol, input, { world: transaction, call, old: NO_TLS }),
          additionalCertificates: [],
          alpnPolicy: [],
          defaultActions: actions(input.DefaultActions, { world: transaction, environment, call, balancer, listener: { protocol, port }, existing: [] }),
          defaultRuleArn: ruleArn(id, ruleHex),
          defaultRuleTags: [],
          attributes: newListenerAttributes(protocol),
          tags,
        };
        const twin = onPort(transaction, balancer.id, port);
        if (twin) {
          if (sameSettings(twin, created)) return twin;
          throw duplicate(balancer.id);
        }
        if (transaction.children('elbv2/listener', balancer.id).length >= quota(environment, 'listeners-per-application-load-balancer')) {
          throw new AwsError('TooManyListeners', `The maximum number of listeners has been reached on load balancer '${balancer.id}'`);
        }
        checkVerifyingListeners(environment, transaction, created);
        transaction.put('elbv2/listener', created);
        return created;
      });
      return { Listeners: [listenerShape(listener)] };
    },

    async ModifyListener(input: ModifyListenerInput, call: Call): Promise<ModifyListenerOutput> {
      const listener = await environment.store.transact((transaction) => {
        const old = lookup.listener(transaction, input.ListenerArn ?? '', call);
        const balancer = lookup.loadBalancer(transaction, old.parent ?? '', call);
        const protocol = input.Protocol === undefined ? old.protocol : protocolOf(input.Protocol);
        const port = input.Port === undefined ? old.port : portOf(input.Port);
        const twin = onPort(transaction, balancer.id, port);
        if (twin && twin.id !== old.id) throw duplicate(balancer.id);
        if (port !== old.port) checkPortIsFree(transaction, old);
        if (protocol !== 'HTTPS') refuseGates([...(input.DefaultActions === undefined ? old.defaultActions : []), ...transaction.children('elbv2/rule', old.id).flatMap((rule) => rule.actions)]);
        const changed: Listener = {
          ...old,
          port,
          protocol,
          ...tls(protocol, input, { world: transaction, call, old }),
          // AWS: a change from HTTPS to HTTP removes the certificates.
          additionalCertificates: protocol === 'HTTPS' ? old.additionalCertificates : [],
          attributes: carriedOver(old.attributes, protocol),
          defaultActions:
            input.DefaultActions === undefined
              ? old.defaultActions
              : actions(input.DefaultActions, { world: transaction, environment, call, balancer, listener: { protocol, port }, existing: old.defaultActions }),
        };
        checkVerifyingListeners(environment, transaction, changed);
        transaction.put('elbv2/listener', changed);
        return changed;
      });
      return { Listeners: [listenerShape(listener)] };
    },

    async DeleteListener(input: DeleteListenerInput, call: Call): Promise<DeleteListenerOutput> {
      await environment.store.transact((transaction) => {
        const listener = lookup.listener(transaction, input.ListenerArn ?? '', call);
        checkPortIsFree(transaction, listener);
        removeListener(transaction, listener);
      });
      return {};
    },

    DescribeListeners(input: DescribeListenersInput, call: Call): DescribeListenersOutput {
      const { items, next } = page(described(environment.store.world, input, call), input, (listener) => listener.id);
      return { Listeners: items.map(listenerShape), ...next };
    },
  };
}

function described(world: World, input: DescribeListenersInput, call: Call): readonly Listener[] {
  const arns = input.ListenerArns ?? [];
  if (arns.length === 0 && input.LoadBalancerArn === undefined) throw validationError('You must specify either listener ARNs or a load balancer ARN');
  if (arns.length > 0 && input.LoadBalancerArn !== undefined) throw validationError('Listener ARNs and a load balancer ARN cannot be specified at the same time');
  if (arns.length > 0) {
    return arns.map((arn) => {
      const listener = lookup.find(world, 'elbv2/listener', { arn, call });
      if (!listener) throw listenerNotFound();
      return listener;
    });
  }
  const balancer = lookup.loadBalancer(world, input.LoadBalancerArn ?? '', call);
  return world.children('elbv2/listener', balancer.id);
}
