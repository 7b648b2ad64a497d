export { SERVICE_DISCOVERY_MEMBERS } from './members.ts';
export { serviceDiscoveryParity } from './parity.ts';
export { serviceDiscoveryService } from './service.ts';
