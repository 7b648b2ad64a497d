/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html and https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html */
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { ec2Stage, type Answer } from '../../../../test/support/ec2-stage.ts';

const colons = (hex: string): string => hex.match(/../g)!.join(':');

test('a key pair is made: its private key is handed out once, and the public one belongs to it', async () => {
  const { run } = ec2Stage();
  const made = await run('CreateKeyPair', { KeyName: 'web', TagSpecifications: [{ ResourceType: 'key-pair', Tags: [{ Key: 'a', Value: '1' }] }] });
  assert.match(made.KeyPairId, /^key-[0-9a-f]{17}$/);
  assert.match(made.KeyMaterial, /^-----BEGIN RSA PRIVATE KEY-----\n/);
  const key = createPrivateKey(made.KeyMaterial);
  assert.equal(made.KeyFingerprint, colons(createHash('sha1').update(key.export({ type: 'pkcs8', format: 'der' })).digest('hex')));
  const [shown] = (await run('DescribeKeyPairs', { KeyNames: ['web'], IncludePublicKey: true })).KeyPairs;
  assert.deepEqual([shown.KeyPairId, shown.KeyType, shown.Tags], [made.KeyPairId, 'rsa', [{ Key: 'a', Value: '1' }]]);
  assert.match(shown.PublicKey, /^ssh-rsa AAAA\S+ web$/);
  const again = await run('ImportKeyPair', { KeyName: 'same', PublicKeyMaterial: Buffer.from(shown.PublicKey) });
  assert.equal(again.KeyFingerprint, colons(createHash('md5').update(createPublicKey(key).export({ type: 'spki', format: 'der' })).digest('hex')), 'of an imported key the public half counts');
  assert.equal((await run('DescribeKeyPairs', { KeyNames: ['web'] })).KeyPairs[0].PublicKey, undefined);
});

test('Ed25519 keys come in the format of OpenSSH', async () => {
  const { run } = ec2Stage();
  const made = await run('CreateKeyPair', { KeyName: 'ed', KeyType: 'ed25519' });
  const body = Buffer.from(made.KeyMaterial.replace(/-----.*-----|\n/g, ''), 'base64');
  assert.equal(body.subarray(0, 15).toString('latin1'), 'openssh-key-v1\0');
  const [shown] = (await run('DescribeKeyPairs', { IncludePublicKey: true })).KeyPairs;
  const blob = Buffer.from(shown.PublicKey.split(' ')[1], 'base64');
  assert.ok(body.includes(blob), 'the public key stands in it');
  assert.equal(shown.KeyFingerprint, createHash('sha256').update(blob).digest('base64'));
});

test('keys are imported in three formats, and what is none is refused', async () => {
  const { run } = ec2Stage();
  const { publicKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  await run('ImportKeyPair', { KeyName: 'der', PublicKeyMaterial: Buffer.from(der) });
  const [{ PublicKey: line }] = (await run('DescribeKeyPairs', { IncludePublicKey: true })).KeyPairs;
  const block = `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "mine"\n${line.split(' ')[1]}\n---- END SSH2 PUBLIC KEY ----\n`;
  await run('ImportKeyPair', { KeyName: 'rfc4716', PublicKeyMaterial: Buffer.from(block) });
  await run('ImportKeyPair', { KeyName: 'line', PublicKeyMaterial: Buffer.from(line) });
  const prints = (await run('DescribeKeyPairs')).KeyPairs.map((pair: Answer) => pair.KeyFingerprint);
  assert.deepEqual(new Set(prints).size, 1);
  const rsa = (modulusLength: number): string => generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  await run('ImportKeyPair', { KeyName: 'rsa', PublicKeyMaterial: Buffer.from(rsa(1024)) });
  const [, blob] = line.split(' ');
  const longer = Buffer.concat([Buffer.from(blob, 'base64'), Buffer.alloc(4)]).toString('base64');
  for (const wrong of ['', 'key', 'ssh-rsa AAAA', 'ssh-dss AAAAB3NzaC1kc3M=', `ssh-ed25519 ${Buffer.alloc(60).toString('base64')}`, `ssh-rsa ${blob}`, `ssh-ed25519 ${longer}`, rsa(1536), `${line}${'x'.repeat(9_000)}`]) {
    await assert.rejects(run('ImportKeyPair', { KeyName: 'x', PublicKeyMaterial: Buffer.from(wrong) }), { code: 'InvalidKey.Format' }, wrong);
  }
});

test('names are unique and are found, filtered and deleted', async () => {
  const { run } = ec2Stage();
  const { KeyPairId } = await run('CreateKeyPair', { KeyName: 'one', KeyType: 'ed25519' });
  await run('CreateKeyPair', { KeyName: 'two', KeyType: 'ed25519' });
  await assert.rejects(run('CreateKeyPair', { KeyName: 'one' }), { code: 'InvalidKeyPair.Duplicate' });
  await assert.rejects(run('CreateKeyPair', { KeyName: ' one' }), { code: 'InvalidParameterValue' });
  await assert.rejects(run('CreateKeyPair', {}), { code: 'MissingParameter' });
  await assert.rejects(run('CreateKeyPair', { KeyName: 'putty', KeyFormat: 'ppk' }), { code: 'UnsupportedOperation' });
  await assert.rejects(run('DescribeKeyPairs', { KeyNames: ['none'] }), { code: 'InvalidKeyPair.NotFound', message: "The key pair 'none' does not exist" });
  await assert.rejects(run('DescribeKeyPairs', { KeyPairIds: ['key-00000000000000000'] }), { code: 'InvalidKeyPair.NotFound' });
  const names = async (input: object): Promise<readonly string[]> => (await run('DescribeKeyPairs', input)).KeyPairs.map((pair: Answer) => pair.KeyName);
  assert.deepEqual(await names({ Filters: [{ Name: 'key-name', Values: ['t*'] }] }), ['two']);
  assert.deepEqual(await names({ KeyPairIds: [KeyPairId] }), ['one']);
  await run('CreateTags', { Resources: [KeyPairId], Tags: [{ Key: 'a', Value: '1' }] });
  assert.deepEqual(await names({ Filters: [{ Name: 'tag:a', Values: ['1'] }] }), ['one']);
  assert.deepEqual(await run('DeleteKeyPair', { KeyName: 'one' }), { Return: true, KeyPairId });
  assert.deepEqual(await run('DeleteKeyPair', { KeyName: 'one' }), { Return: true });
  assert.deepEqual(await names({}), ['two']);
});

test('there are as many as the limit says', async () => {
  const { run } = ec2Stage({ limits: { value: (name, otherwise) => (name === 'key-pairs-per-region' ? 1 : otherwise) } });
  await run('CreateKeyPair', { KeyName: 'one', KeyType: 'ed25519' });
  await assert.rejects(run('CreateKeyPair', { KeyName: 'two', KeyType: 'ed25519' }), { code: 'ResourceLimitExceeded', message: /\(1\)/ });
});
