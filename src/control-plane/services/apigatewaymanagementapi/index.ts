export { managementService } from './service.ts';
