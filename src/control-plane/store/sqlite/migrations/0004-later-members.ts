import type { Migration } from './migration.ts';

/**
 * Versions of functions say how the function was described then (the same as they were, as far as is known), deployments why they failed (none had), and resources
 * of EC2 by which client token they were made.
 */
export const laterMembers: Migration = {
  version: 4,
  name: 'later-members',
  sql: `
    UPDATE resource SET body = json_set(body, '$.functionDescription', json_extract(body, '$.description'))
      WHERE kind = 'lambda/version' AND json_type(body, '$.functionDescription') IS NULL;
    UPDATE resource SET body = json_set(body, '$.deploymentStatusMessage', NULL)
      WHERE kind = 'apigatewayv2/deployment' AND json_type(body, '$.deploymentStatusMessage') IS NULL;
    UPDATE resource SET body = json_set(body, '$.clientToken', NULL)
      WHERE kind IN ('ec2/route-table', 'ec2/network-acl', 'ec2/network-interface', 'ec2/nat-gateway', 'ec2/egress-only-gateway') AND json_type(body, '$.clientToken') IS NULL;
  `,
};
