import { hasAddress, parseAddress, parseCidr } from '../../resources/ec2/index.ts';
import type { Target, TargetGroup } from '../../resources/elbv2/index.ts';
import type { Endpoint } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

/** AWS's word for a target that belongs to no zone in particular: it takes requests from every zone. */
const EVERY_ZONE = 'all';

/** AWS's reason codes: API_TargetHealth. */
const INVALID_STATE = 'Target.InvalidState';
const NOT_IN_USE = 'Target.NotInUse';

interface Place {
  readonly address: string | null;
  readonly zone: string;
  readonly unusable: string | null;
}

/** `zones`: those that the balancers of the group have enabled; a target elsewhere is registered but not used. */
export function compileEndpoint(target: Target, group: TargetGroup, site: { readonly zones: ReadonlySet<string>; readonly maker: Maker }): Endpoint {
  const place = group.targetType === 'instance' ? instancePlace(target, site.maker) : addressPlace(target, group, site.maker);
  const outside = place.zone !== EVERY_ZONE && !site.zones.has(place.zone);
  return {
    target: target.targetId,
    address: place.address,
    port: target.port ?? group.port ?? 80,
    zone: place.zone,
    unusable: place.unusable ?? (outside ? NOT_IN_USE : null),
    drainingUntil: target.drainingUntil,
  };
}

function instancePlace(target: Target, maker: Maker): Place {
  const instance = maker.get('ec2/instance', target.targetId);
  if (!instance) {
    maker.tell({
      severity: 'error', resource: target.parent ?? target.id, field: `Targets[${target.targetId}]`,
      message: `Instance ${target.targetId} does not exist, so it gets no requests: deregister it, or register one that exists.`,
    });
    return { address: null, zone: target.availabilityZone ?? EVERY_ZONE, unusable: INVALID_STATE };
  }
  return {
    address: instance.connectAddress,
    zone: instance.availabilityZone,
    unusable: instance.state === 'running' ? null : INVALID_STATE,
  };
}

/** The zone of an address is that of the subnet that holds it, unless the registration names one: API_TargetDescription. */
function addressPlace(target: Target, group: TargetGroup, maker: Maker): Place {
  return { address: target.targetId, zone: target.availabilityZone ?? subnetZone(target.targetId, group.vpcId, maker), unusable: null };
}

function subnetZone(address: string, vpc: string | null, maker: Maker): string {
  const number = parseAddress(address);
  if (number === null || vpc === null) return EVERY_ZONE;
  for (const subnet of maker.children('ec2/subnet', vpc)) {
    const block = parseCidr(subnet.cidrBlock);
    if (block && hasAddress(block, number)) return subnet.availabilityZone;
  }
  return EVERY_ZONE;
}
