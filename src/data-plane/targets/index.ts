/** See README.md. */
export { linkFixedResponse, type FixedResponseAction } from './fixed-response/fixed-response.ts';
export { ForwardTarget } from './forward/forward.ts';
export { RequestHeadWriter } from './forward/request-head.ts';
export { TraceIds } from './forward/trace-id.ts';
export { WeightedTarget } from './forward/weighted.ts';
export { AlbEventFormat, type AlbRequest } from './lambda/alb-event.ts';
export { albFailureOf, albFailures, type AlbErrorReason, type AlbFailure } from './lambda/alb-failure.ts';
export { albResponse, type AlbResponse } from './lambda/alb-response.ts';
export { type FunctionCaller, type FunctionOutcome } from './lambda/function-caller.ts';
export { FunctionTarget, LinkedFunctionPool } from './lambda/function-target.ts';
export { linkRedirect, type RedirectAction } from './redirect/redirect.ts';
export { UnservableTarget } from './unservable/unservable.ts';
export { ClientConnection, type ConnectionFacts } from './websocket/client-connection.ts';
export { type ConnectionCommand, type ConnectionOutcome, type ConnectionRequest, type ConnectionScope } from './websocket/connection-command.ts';
export { ConnectionHub, type LinkedSocketStage, type StageSlot } from './websocket/connection-hub.ts';
export { ConnectionIds, workerOfConnection } from './websocket/connection-id.ts';
export { errorBody, socketErrors, type SocketCall, type SocketError, type SocketObserver } from './websocket/socket-call.ts';
export { SocketStage, type SocketAuthorizer, type SocketContext, type SocketVerdict } from './websocket/socket-stage.ts';
