export { API_GATEWAY_V2_MEMBERS } from './members.ts';
export { apiGatewayV2Parity } from './parity.ts';
export { apiGatewayV2Service } from './service.ts';
