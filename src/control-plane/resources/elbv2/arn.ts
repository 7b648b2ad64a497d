/** The ARNs of ELBv2, exactly in AWS's form. */
const SERVICE = 'elasticloadbalancing';

/** AWS's partition of a region: China and GovCloud have their own. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

interface Place {
  readonly region: string;
  readonly account: string;
}

function arn(place: Place, resource: string): string {
  return `arn:${partitionOf(place.region)}:${SERVICE}:${place.region}:${place.account}:${resource}`;
}

export type LoadBalancerType = 'application' | 'network' | 'gateway';

const TYPE_SEGMENT: Readonly<Record<LoadBalancerType, string>> = { application: 'app', network: 'net', gateway: 'gwy' };

/** `loadbalancer/app/NAME/ID`; the id is 16 hexadecimal digits. */
export function loadBalancerArn(place: Place, balancer: { readonly type: LoadBalancerType; readonly name: string; readonly hex: string }): string {
  return arn(place, `loadbalancer/${TYPE_SEGMENT[balancer.type]}/${balancer.name}/${balancer.hex}`);
}

/** `targetgroup/NAME/ID`. */
export function targetGroupArn(place: Place, name: string, hex: string): string {
  return arn(place, `targetgroup/${name}/${hex}`);
}

/** `truststore/NAME/ID`. */
export function trustStoreArn(place: Place, name: string, hex: string): string {
  return arn(place, `truststore/${name}/${hex}`);
}

/** `listener/app/NAME/BALANCER/ID`, from the balancer's ARN. */
export function listenerArn(balancer: string, hex: string): string {
  return `${balancer.replace(':loadbalancer/', ':listener/')}/${hex}`;
}

/** `listener-rule/app/NAME/BALANCER/LISTENER/ID`, from the listener's ARN. */
export function ruleArn(listener: string, hex: string): string {
  return `${listener.replace(':listener/', ':listener-rule/')}/${hex}`;
}

/** The listener that a rule's ARN names. */
export function listenerOfRule(rule: string): string {
  return rule.slice(0, rule.lastIndexOf('/')).replace(':listener-rule/', ':listener/');
}

/** What an ELBv2 ARN names, or null where it is none. */
export type ArnKind = 'load-balancer' | 'target-group' | 'listener' | 'rule' | 'trust-store';

export interface ElbArn {
  readonly kind: ArnKind;
  readonly region: string;
  readonly account: string;
}

// Ids are checked for their characters only: an ARN of the right form that names nothing is "not found", as AWS answers.
const FORM =
  /^arn:aws(?:-cn|-us-gov)?:elasticloadbalancing:([a-z0-9-]+):(\d{12}):(?:(loadbalancer)\/(?:app|net|gwy)\/[^/]+\/[0-9A-Za-z]+|(targetgroup)\/[^/]+\/[0-9A-Za-z]+|(listener)\/(?:app|net|gwy)\/[^/]+\/[0-9A-Za-z]+\/[0-9A-Za-z]+|(listener-rule)\/(?:app|net)\/[^/]+\/[0-9A-Za-z]+\/[0-9A-Za-z]+\/[0-9A-Za-z]+|(truststore)\/[^/]+\/[0-9A-Za-z]+)$/;

/** Takes an ARN apart; null where it is not one of ELBv2's. */
export function parseElbArn(text: string): ElbArn | null {
  const match = FORM.exec(text);
  if (!match) return null;
  const kind: ArnKind = match[3] ? 'load-balancer' : match[4] ? 'target-group' : match[5] ? 'listener' : match[6] ? 'rule' : 'trust-store';
  return { kind, region: match[1]!, account: match[2]! };
}

/** The part after `loadbalancer/`, `targetgroup/` stays: what logs and metrics call `app/NAME/ID` and `targetgroup/NAME/ID`. */
export function loadBalancerLabel(balancer: string): string {
  return balancer.slice(balancer.indexOf(':loadbalancer/') + ':loadbalancer/'.length);
}

export function targetGroupLabel(group: string): string {
  return group.slice(group.indexOf(':targetgroup/') + 1);
}
