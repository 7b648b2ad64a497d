export { compile, Compiler, type Compiled } from './compile.ts';
export { API_THROTTLE, boundPort, localInstallation, LOW_PORTS, type CognitoDomain, type Installation } from './installation.ts';
export { inOrder } from './step-order.ts';
export { type World } from './world.ts';
