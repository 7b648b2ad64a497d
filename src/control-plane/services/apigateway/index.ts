export { API_GATEWAY_MEMBERS } from './members.ts';
export { apiGatewayParity } from './parity.ts';
export { apiGatewayService } from './service.ts';
