import { ec2Service, type Environment } from '../../src/control-plane/services/index.ts';
import { FakeClock } from '../../src/kernel/index.ts';
import { testCall, testEnvironment } from './environment.ts';

/** What an operation answers: the shapes are AWS's, and a test reads what it needs of them. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = any;

/** EC2 in memory, called as one account in one region. */
export function ec2Stage(more: Partial<Environment> = {}) {
  const clock = new FakeClock();
  const environment = testEnvironment({ clock, ...more });
  const service = ec2Service(environment);
  const call = testCall({ service: 'ec2' });
  const run = async (operation: string, input: object = {}, as = call): Promise<Answer> => service.operations[operation]!(input, as);
  return { clock, environment, run, call };
}
