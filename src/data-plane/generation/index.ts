export { DataPlane, type DataPlaneSettings, type Update } from './data-plane.ts';
export { type EndpointExplanation, type PoolExplanation, type RequestExplanation, type RequestToExplain } from './explain.ts';
export { type SocketReport } from './sockets.ts';
