export { SocketStream } from './socket-stream.ts';
export { socketWriter, writesDirectly, WriteTurn, type SocketWriter, type SocketWriterOptions } from './socket-writer.ts';
export { FrameBuffers, FrameOutput, type FrameOutputOptions } from './frame-output.ts';
