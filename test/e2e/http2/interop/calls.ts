import type { ServiceError, StatusObject } from '@grpc/grpc-js';
import type { Done, WithPayload } from './test-service.ts';

export const zeros = (size: number): { readonly payload: { readonly body: Buffer } } => ({ payload: { body: Buffer.alloc(size) } });
export const sizes = (answers: readonly WithPayload[]): number[] => answers.map(({ payload }) => payload.body.length);

/** One call that answers once: its error, or its answer. */
export const told = <Answer>(call: (done: Done<Answer>) => unknown): Promise<{ readonly error: ServiceError | null; readonly answer: Answer | undefined }> =>
  new Promise((resolve) => call((error, answer) => resolve({ error, answer })));

interface Stream {
  on(event: 'data', heard: (answer: WithPayload) => void): unknown;
  on(event: 'status', heard: (status: StatusObject) => void): unknown;
  on(event: 'error', heard: () => void): unknown;
}

/** All that a stream answers, and how it ends. */
export function heard(stream: Stream): Promise<{ readonly answers: readonly WithPayload[]; readonly ended: StatusObject }> {
  const answers: WithPayload[] = [];
  stream.on('data', (answer) => void answers.push(answer));
  stream.on('error', () => {});
  return new Promise((resolve) => stream.on('status', (ended) => resolve({ answers, ended })));
}
