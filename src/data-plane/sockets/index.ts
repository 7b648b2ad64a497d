export { BulkBuffers, LONG_BODY } from './bulk-buffers.ts';
export { readDirectly, type AfterRead } from './read-directly.ts';
export { alwaysTogether, readInTurns, type TurnReader } from './read-turn.ts';
export { SocketStream } from './socket-stream.ts';
export { socketWriter, writesDirectly, type SocketWriter, type SocketWriterOptions } from './socket-writer.ts';
export { acceptHandles, leaveNoRoom, peerOf, TcpSocket, type ClientSocket, type SocketReader, type TcpHandle } from './tcp-socket.ts';
export { securesHandles, TlsSocket, type TlsSocketOptions } from './tls-socket.ts';
export { WriteTurn } from './write-turn.ts';
export { FrameBuffers, FrameOutput, type FrameOutputOptions } from './frame-output.ts';
