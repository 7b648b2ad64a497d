export { compile, Compiler, type Compiled } from './compile.ts';
export { API_THROTTLE, boundPort, localInstallation, LOW_PORTS, WEB_SOCKET_CONNECTS, WEB_SOCKET_LIMITS, type CognitoDomain, type Installation } from './installation.ts';
export { inOrder } from './step-order.ts';
export { type World } from './world.ts';
