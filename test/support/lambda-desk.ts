import assert from 'node:assert/strict';
import { lambdaService, type Environment, type FunctionInvoker, type FunctionResult } from '../../src/control-plane/services/index.ts';
import { memoryStore } from '../../src/control-plane/store/index.ts';
import type { Call } from '../../src/aws/index.ts';
import { FakeClock, seededRandom } from '../../src/kernel/index.ts';
import { testEnvironment } from './environment.ts';
import { zipFiles } from './zip.ts';

const ROLE = 'arn:aws:iam::123456789012:role/r';
const ZIP = zipFiles({ 'index.js': 'exports.handler = async () => 1' });

/** The operations of Lambda, called as the front door calls them; functions answer what the test says. */
export class Desk {
  readonly store = memoryStore();
  readonly clock = new FakeClock();
  readonly invoked: string[] = [];
  ready = 0;
  result: FunctionResult = { kind: 'ok', payload: Buffer.from('"ran"'), logTail: 'tail' };
  readonly operations;
  #requests = 0;

  constructor(functions?: FunctionInvoker, more: Partial<Environment> = {}) {
    const invoker: FunctionInvoker = {
      invoke: (request) => {
        this.invoked.push(`${request.functionArn} ${request.payload.toString()}`);
        return Promise.resolve(this.result);
      },
      ready: async () => this.ready,
    };
    this.operations = lambdaService(testEnvironment({ store: this.store, clock: this.clock, random: seededRandom(1), functions: functions ?? invoker, ...more })).operations;
  }

  // The shapes are AWS's; a test reads what it needs of them.
  // oxlint-disable-next-line typescript/no-explicit-any
  async call(operation: string, input: object, more: Partial<Call> = {}): Promise<any> {
    const call = { service: 'lambda', operation, requestId: `request-${++this.#requests}`, account: '123456789012', region: 'us-east-1', host: '127.0.0.1:4566', principal: 'p', accessKeyId: null, remoteAddress: '::1', ...more } satisfies Call;
    return this.operations[operation]!(input, call);
  }

  create(more: object = {}) {
    return this.call('CreateFunction', { FunctionName: 'f', Runtime: 'nodejs20.x', Handler: 'index.handler', Role: ROLE, Code: { ZipFile: ZIP }, ...more });
  }

  layer(name: string, more: object = {}) {
    return this.call('PublishLayerVersion', { LayerName: name, Content: { ZipFile: ZIP }, ...more });
  }

  async refused(operation: string, input: object, code: string, message: RegExp | string): Promise<void> {
    await assert.rejects(this.call(operation, input), (error: { code: string; message: string }) => {
      assert.equal(error.code, code, error.message);
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    });
  }
}
