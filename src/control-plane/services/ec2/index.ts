export { createManagedInterface, deleteManagedInterfaces, managedInterfaces, setManagedInterfaceGroups, type ManagedInterface } from './managed-interface.ts';
export { ec2Service, ensureDefaultNetwork } from './service.ts';
export { EC2_MEMBERS } from './members.ts';
