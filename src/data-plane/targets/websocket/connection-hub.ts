import { untold, type Mishaps } from '../../exchange/index.ts';
import { ConnectionIds } from '../../ledger/index.ts';
import type { Random, Wheel } from '../../../kernel/index.ts';
import type { FrameLimits } from '../../wire/index.ts';
import { GOING_AWAY, NORMAL } from '../../wire/index.ts';
import type { ConnectionCaller, ConnectionOutcome, ConnectionRequest, ConnectionScope, WebSocketLimits } from '../../../snapshot/index.ts';
import type { ClientConnection } from './client-connection.ts';

/** What a stage does with its connections: replaced when the stage's configuration changes. */
export interface LinkedSocketStage {
  readonly limits: WebSocketLimits;
  readonly scope: { readonly account: string; readonly region: string; readonly apiId: string; readonly stage: string };
  message(connection: ClientConnection, data: Buffer): void;
  disconnected(connection: ClientConnection, how: { readonly code: number; readonly reason: string }): void;
  /** What somebody is told whose policies do not let him use `@connections`; null: they do. */
  denial(asked: { readonly method: string; readonly connectionId: string }, caller: ConnectionCaller): string | null;
  /** A message through `@connections`, for metrics. False: the account sends too many. */
  posted(): boolean;
}

/** Where a stage's connections find it, whatever generation it is of; null once it is gone. */
export interface StageSlot {
  readonly id: string;
  linked: LinkedSocketStage | null;
}

/** How commands are asked for over HTTP, as policies name them. */
const METHODS = { post: 'POST', get: 'GET', delete: 'DELETE' } as const;

/** AWS's quotas, for connections whose stage has gone. */
const DEFAULT_LIMITS: WebSocketLimits = { frameBytes: 32 * 1024, messageBytes: 128 * 1024, idleMs: 600_000, lifeMs: 7_200_000 };

/**
 * The WebSocket connections of one worker. They outlive generations: a change of configuration replaces what a stage does with them, and closes
 * none that still has a stage.
 */
export class ConnectionHub {
  readonly wheel: Wheel;
  readonly ids: ConnectionIds;
  readonly mishaps: Mishaps;
  readonly #connections = new Map<string, ClientConnection>();
  readonly #slots = new Map<string, StageSlot>();
  readonly #limits = new Map<WebSocketLimits, FrameLimits & WebSocketLimits>();

  constructor(settings: { readonly worker: number; readonly random: Random; readonly wheel: Wheel; readonly mishaps?: Mishaps }) {
    this.wheel = settings.wheel;
    this.mishaps = settings.mishaps ?? untold;
    this.ids = new ConnectionIds(settings.worker, settings.random);
  }

  get size(): number {
    return this.#connections.size;
  }

  /** The slot of a stage; made where there is none. */
  slot(id: string): StageSlot {
    let slot = this.#slots.get(id);
    if (slot === undefined) this.#slots.set(id, (slot = { id, linked: null }));
    return slot;
  }

  /** What a stage does from now on. */
  link(id: string, linked: LinkedSocketStage): void {
    this.slot(id).linked = linked;
  }

  /** The stage is gone, and its connections with it: `$disconnect` has nothing to run any more. */
  retire(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#slots.delete(id);
    slot.linked = null;
    for (const connection of this.#connections.values()) if (connection.home === slot) connection.close(GOING_AWAY, 'Going away');
  }

  limits(slot: StageSlot): FrameLimits & WebSocketLimits {
    const limits = slot.linked?.limits ?? DEFAULT_LIMITS;
    let known = this.#limits.get(limits);
    if (known === undefined) {
      if (this.#limits.size > 256) this.#limits.clear();
      // binary frames are refused (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html)
      this.#limits.set(limits, (known = { ...limits, binary: false }));
    }
    return known;
  }

  add(connection: ClientConnection): void {
    this.#connections.set(connection.facts.id, connection);
  }

  remove(connection: ClientConnection): void {
    this.#connections.delete(connection.facts.id);
  }

  /** Does what `@connections` asks for a connection of this worker. */
  command(request: ConnectionRequest): ConnectionOutcome {
    const connection = this.#connections.get(request.connectionId);
    const linked = connection?.home.linked;
    if (connection === undefined || !linked || !reaches(request.scope, linked.scope)) return { kind: 'gone' };
    try {
      return this.#carryOut(connection, linked, request);
    } catch (error) {
      connection.crashed(error);
      return { kind: 'gone' };
    }
  }

  #carryOut(connection: ClientConnection, linked: LinkedSocketStage, { connectionId, caller, command }: ConnectionRequest): ConnectionOutcome {
    if (caller !== null) {
      const message = linked.denial({ method: METHODS[command.kind], connectionId }, caller);
      if (message !== null) return { kind: 'denied', message };
    }
    switch (command.kind) {
      case 'post': {
        if (command.data.byteLength > linked.limits.messageBytes) return { kind: 'too-large' };
        if (!linked.posted()) return { kind: 'throttled' };
        const { data } = command;
        return connection.send(Buffer.from(data.buffer, data.byteOffset, data.byteLength)) ? { kind: 'done' } : { kind: 'full' };
      }
      case 'get': {
        const { facts } = connection;
        return { kind: 'status', connectedAt: facts.connectedAt, lastActiveAt: connection.lastActiveAt, sourceIp: facts.sourceIp, userAgent: facts.userAgent ?? '' };
      }
      case 'delete':
        connection.close(NORMAL, 'Connection Closed Normally');
        return { kind: 'done' };
    }
  }
}

function reaches(asked: ConnectionScope, has: LinkedSocketStage['scope']): boolean {
  return asked.account === has.account && asked.region === has.region && (asked.apiId === null || asked.apiId === has.apiId) && (asked.stage === null || asked.stage === has.stage);
}
