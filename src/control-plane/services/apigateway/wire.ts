/** The shapes of API Gateway's REST interface that are used here. https://docs.aws.amazon.com/apigateway/latest/api/ */

export interface PatchOperation {
  readonly op?: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path?: string;
  readonly value?: string;
}

export interface Patched {
  readonly patchOperations?: readonly PatchOperation[];
}

export interface PageRequest {
  readonly position?: string;
  readonly limit?: number;
}

export interface WireThrottle {
  readonly burstLimit?: number;
  readonly rateLimit?: number;
}

export interface WireQuota {
  readonly limit?: number;
  readonly offset?: number;
  readonly period?: string;
}

export interface WireApiStage {
  readonly apiId?: string;
  readonly stage?: string;
  readonly throttle?: Readonly<Record<string, WireThrottle>>;
}
