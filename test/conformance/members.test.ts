/**
 * Nothing is silently ignored: every member that the input of an implemented operation can have, nested ones too, is read by the operation, or
 * noted in its service's members.ts as refused, kept or without bearing (docs/parity lists the first two).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError, openModels } from '../../src/aws/index.ts';
import { memberNotes } from '../../src/control-plane/services/index.ts';
import { testCall } from '../support/environment.ts';
import { seededWorld } from './members/seeded-world.ts';
import { memberPaths } from './members/shape-walk.ts';
import { unread } from './members/unread.ts';

const models = openModels();
const world = await seededWorld();

for (const service of world.services) {
  const model = models.model(service.name);
  const notes = memberNotes[service.name] ?? [];

  test(`${service.name}: every input member is read or noted`, async () => {
    const silent: string[] = [];
    for (const name of Object.keys(service.operations)) {
      for (const path of await unread(service, model.operation(name)!, { world, notes })) silent.push(`${name}: ${path}`);
    }
    assert.deepEqual(silent, [], `execute them, or note them in src/control-plane/services/${service.name}/members.ts`);
  });

  test(`${service.name}: notes name operations and members that there are`, () => {
    for (const { operations, members } of notes) {
      for (const name of operations) {
        assert.ok(Object.hasOwn(service.operations, name), `${name} is not implemented`);
        const paths = new Set(memberPaths(model.operation(name)!.input));
        for (const member of members) assert.ok(paths.has(member.replace(/(\[\])+$/, '')), `${name} has no member ${member}`);
      }
    }
  });

  test(`${service.name}: what is noted as refused is refused`, async () => {
    for (const { operations, members, state, why } of notes) {
      if (state !== 'refused') continue;
      for (const name of operations) {
        for (const member of members) {
          const error = await refusalOf(async () => service.operations[name]!(holding(member.split('.')), testCall({ service: service.name, operation: name })));
          assert.ok(error instanceof AwsError && error.message.includes(why), `${name} with ${member}: ${String(error)}`);
        }
      }
    }
  });
}

test('a member that nobody reads is found', async () => {
  const service = { name: 'logs', refusals: {}, operations: { CreateLogGroup: (input: { readonly logGroupName: string }) => ({ input: input.logGroupName }) } };
  assert.deepEqual(await unread(service, models.model('logs').operation('CreateLogGroup')!, { world, notes: [{ operations: ['CreateLogGroup'], members: ['tags'], state: 'kept', why: '' }] }), [
    'kmsKeyId', 'logGroupClass', 'deletionProtectionEnabled',
  ]);
});

async function refusalOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return null;
}

/** An input that holds something at a path, and nothing else. */
function holding([segment, ...rest]: readonly string[]): unknown {
  if (segment === undefined) return 'something';
  const inner = holding(rest);
  return segment.endsWith('[]') ? { [segment.slice(0, -2)]: [inner] } : { [segment]: inner };
}
