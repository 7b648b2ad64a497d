export { socketWriter, writesDirectly, type SocketWriter } from './socket-writer.ts';
