import type { CreateNetworkAclEntryCommandInput, DeleteNetworkAclEntryCommandInput, ReplaceNetworkAclEntryCommandInput } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { canonicalIpv6Cidr, formatCidr, type NetworkAcl, type NetworkAclEntry, parseCidr } from '../../resources/ec2/index.ts';
import type { Environment } from '../environment.ts';
import { find, invalidValue, required } from './lookup.ts';

const ICMP = ['1', '58'];
const WITH_PORTS = ['6', '17'];
const NAMES: Readonly<Record<string, string>> = { all: '-1', icmp: '1', tcp: '6', udp: '17', icmpv6: '58' };

type EntryInput = CreateNetworkAclEntryCommandInput | ReplaceNetworkAclEntryCommandInput;

/** Rules of network ACLs: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
export function networkAclEntryOperations({ store, limits }: Environment) {
  return {
    async CreateNetworkAclEntry(input: CreateNetworkAclEntryCommandInput, call: Call): Promise<void> {
      const entry = entryOf(input);
      await store.transact((tx) => {
        const acl = find(tx, call, ['ec2/network-acl', required(input.NetworkAclId, 'networkAclId')]);
        if (acl.entries.some((each) => isAt(each, entry))) throw new AwsError('NetworkAclEntryAlreadyExists', `The network acl entry identified by ${entry.ruleNumber} already exists.`);
        // AWS counts the last rule, which it makes itself, among the twenty
        if (acl.entries.filter(({ egress }) => egress === entry.egress).length + 1 >= limits.value('network-acl-entries-per-direction', 20)) {
          throw new AwsError('NetworkAclEntryLimitExceeded', 'The maximum number of network acl entries has been reached.');
        }
        tx.put('ec2/network-acl', { ...acl, entries: [...acl.entries, entry] });
      });
    },

    async ReplaceNetworkAclEntry(input: ReplaceNetworkAclEntryCommandInput, call: Call): Promise<void> {
      const entry = entryOf(input);
      await store.transact((tx) => {
        const acl = find(tx, call, ['ec2/network-acl', required(input.NetworkAclId, 'networkAclId')]);
        tx.put('ec2/network-acl', { ...acl, entries: [...without(acl, entry), entry] });
      });
    },

    async DeleteNetworkAclEntry(input: DeleteNetworkAclEntryCommandInput, call: Call): Promise<void> {
      const place = { egress: required(input.Egress, 'egress'), ruleNumber: ruleNumberOf(input.RuleNumber) };
      await store.transact((tx) => {
        const acl = find(tx, call, ['ec2/network-acl', required(input.NetworkAclId, 'networkAclId')]);
        tx.put('ec2/network-acl', { ...acl, entries: without(acl, place) });
      });
    },
  };
}

type Place = Pick<NetworkAclEntry, 'egress' | 'ruleNumber'>;

function isAt(entry: Place, place: Place): boolean {
  return entry.egress === place.egress && entry.ruleNumber === place.ruleNumber;
}

function without(acl: NetworkAcl, place: Place): readonly NetworkAclEntry[] {
  const rest = acl.entries.filter((entry) => !isAt(entry, place));
  if (rest.length === acl.entries.length) throw new AwsError('InvalidNetworkAclEntry.NotFound', `The specified network acl entry was not found: ${place.ruleNumber}`);
  return rest;
}

function entryOf(input: EntryInput): NetworkAclEntry {
  const protocol = protocolOf(required(input.Protocol, 'protocol'));
  const { From, To } = input.PortRange ?? {};
  const { Type, Code } = input.IcmpTypeCode ?? {};
  if (WITH_PORTS.includes(protocol) && (From === undefined || To === undefined)) throw new AwsError('InvalidParameterCombination', 'A port range is required for TCP and UDP: name portRange.from and portRange.to.');
  if (ICMP.includes(protocol) && (Type === undefined || Code === undefined)) throw new AwsError('InvalidParameterCombination', 'An ICMP type and code are required for ICMP: name icmpTypeCode.type and icmpTypeCode.code.');
  return {
    egress: required(input.Egress, 'egress'),
    ruleNumber: ruleNumberOf(input.RuleNumber),
    protocol,
    action: required(input.RuleAction, 'ruleAction'),
    cidr: cidrOf(input),
    ports: WITH_PORTS.includes(protocol) ? portsOf(From!, To!) : null,
    icmp: ICMP.includes(protocol) ? { type: Type!, code: Code! } : null,
  };
}

function protocolOf(given: string): string {
  const protocol = NAMES[given.toLowerCase()] ?? given;
  if (protocol !== '-1' && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) throw invalidValue(given, 'protocol', 'It is -1 or the number of a protocol, up to 255.');
  return protocol;
}

function portsOf(from: number, to: number): { readonly from: number; readonly to: number } {
  if (from < 0 || to > 65_535 || from > to) throw invalidValue(`${from}-${to}`, 'portRange', 'Ports are 0 to 65535, the first not above the last.');
  return { from, to };
}

function ruleNumberOf(given: number | undefined): number {
  const ruleNumber = required(given, 'ruleNumber');
  if (ruleNumber < 1 || ruleNumber > 32_766) throw invalidValue(String(ruleNumber), 'ruleNumber', 'Rule numbers are 1 to 32766.');
  return ruleNumber;
}

function cidrOf(input: EntryInput): NetworkAclEntry['cidr'] {
  if ((input.CidrBlock === undefined) === (input.Ipv6CidrBlock === undefined)) throw new AwsError('MissingParameter', 'The request must contain one of the parameters cidrBlock and ipv6CidrBlock');
  if (input.Ipv6CidrBlock !== undefined) {
    const text = canonicalIpv6Cidr(input.Ipv6CidrBlock);
    if (text === null) throw invalidValue(input.Ipv6CidrBlock, 'ipv6CidrBlock', 'This is not a valid CIDR block.');
    return { kind: 'ipv6', text };
  }
  const cidr = parseCidr(input.CidrBlock!);
  if (!cidr) throw invalidValue(input.CidrBlock!, 'cidrBlock', 'This is not a valid CIDR block.');
  return { kind: 'ipv4', text: formatCidr(cidr) };
}
