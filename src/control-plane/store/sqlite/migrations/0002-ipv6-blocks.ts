import type { Migration } from './migration.ts';

/** VPCs, subnets and network interfaces of before there were IPv6 blocks have none. */
export const ipv6Blocks: Migration = {
  version: 2,
  name: 'ipv6-blocks',
  sql: `
    UPDATE resource SET body = json_set(body, '$.ipv6Associations', json('[]')) WHERE kind IN ('ec2/vpc', 'ec2/subnet');
    UPDATE resource SET body = json_set(body, '$.ipv6Addresses', json('[]')) WHERE kind = 'ec2/network-interface';
  `,
};
