import type { Migration } from './migration.ts';

/** Network ACLs of before others could be made are the default ones: they let everything through, and have what subnets no other has. */
export const networkAclEntries: Migration = {
  version: 3,
  name: 'network-acl-entries',
  sql: `
    UPDATE resource SET body = json_set(body, '$.subnetIds', json('[]'), '$.entries', json('[
      {"egress":false,"ruleNumber":100,"protocol":"-1","action":"allow","cidr":{"kind":"ipv4","text":"0.0.0.0/0"},"ports":null,"icmp":null},
      {"egress":true,"ruleNumber":100,"protocol":"-1","action":"allow","cidr":{"kind":"ipv4","text":"0.0.0.0/0"},"ports":null,"icmp":null}
    ]')) WHERE kind = 'ec2/network-acl' AND json_type(body, '$.entries') IS NULL;
  `,
};
