export { createManagedInterface, deleteManagedInterfaces, managedInterfaces, setManagedInterfaceGroups, type ManagedInterface } from './managed-interface.ts';
