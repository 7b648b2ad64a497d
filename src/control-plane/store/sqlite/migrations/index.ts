import { resources } from './0001-resources.ts';
import { ipv6Blocks } from './0002-ipv6-blocks.ts';
import { networkAclEntries } from './0003-network-acl-entries.ts';
import { laterMembers } from './0004-later-members.ts';
import type { Migration } from './migration.ts';

export { type Migration } from './migration.ts';

/** All of them, in order. */
export const migrations: readonly Migration[] = [resources, ipv6Blocks, networkAclEntries, laterMembers];
