import type {
  CreateKeyPairCommandInput, DeleteKeyPairCommandInput, DeleteKeyPairResult, DescribeKeyPairsCommandInput, DescribeKeyPairsResult, ImportKeyPairCommandInput, ImportKeyPairResult,
  KeyPair as CreatedKeyPair, KeyPairInfo,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { KeyPair } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { filtered, type FilterTable } from './filters.ts';
import { findAll, required } from './lookup.ts';
import { importedKey, newKey, type PublicHalf } from './ssh-key.ts';
import { shownTags, specifiedTags } from './tags.ts';

const FILTERS: FilterTable<KeyPair> = {
  fingerprint: (pair) => pair.fingerprint,
  'key-name': (pair) => pair.name,
  'key-pair-id': (pair) => pair.id,
};

/** Key pairs: made and kept whole, though nobody logs into an instance here. */
export function keyPairOperations({ store, clock, random, limits }: Environment) {
  const keep = async (call: Call, { name, half, tags }: { readonly name: string; readonly half: PublicHalf; readonly tags: KeyPair['tags'] }): Promise<KeyPair> => {
    const { keyType, fingerprint, publicKey } = half;
    const pair: KeyPair = { id: `key-${hexId(random, 17)}`, account: call.account, region: call.region, parent: null, createdAt: clock.now(), name, keyType, fingerprint, publicKey, tags };
    await store.transact((tx) => {
      if (keyPairNamed(tx, call, name)) throw new AwsError('InvalidKeyPair.Duplicate', 'The keypair already exists');
      const most = limits.value('key-pairs-per-region', 5000);
      if (tx.list('ec2/key-pair', call).length >= most) throw new AwsError('ResourceLimitExceeded', `The maximum number of key pairs (${most}) has been reached.`);
      tx.put('ec2/key-pair', pair);
    });
    return pair;
  };

  return {
    async CreateKeyPair(input: CreateKeyPairCommandInput, call: Call): Promise<CreatedKeyPair> {
      const name = checkedName(input.KeyName);
      const tags = specifiedTags(input.TagSpecifications, 'key-pair');
      const { material, ...half } = await newKey(input.KeyType ?? 'rsa');
      return { ...created(await keep(call, { name, half, tags })), KeyMaterial: material };
    },

    async ImportKeyPair(input: ImportKeyPairCommandInput, call: Call): Promise<ImportKeyPairResult> {
      const name = checkedName(input.KeyName);
      const tags = specifiedTags(input.TagSpecifications, 'key-pair');
      const half = importedKey(input.PublicKeyMaterial ?? new Uint8Array());
      if (!half) throw new AwsError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
      return created(await keep(call, { name, half, tags }));
    },

    DescribeKeyPairs(input: DescribeKeyPairsCommandInput, call: Call): DescribeKeyPairsResult {
      const world = store.world;
      const { KeyNames: names = [], KeyPairIds: ids = [] } = input;
      const missing = names.filter((name) => !keyPairNamed(world, call, name));
      if (missing.length > 0) throw keyPairNotFound(missing.join(', '));
      const own = ids.length > 0 ? findAll(world, call, ['ec2/key-pair', ids]) : world.list('ec2/key-pair', call);
      const asked = names.length > 0 ? own.filter((pair) => names.includes(pair.name)) : own;
      return { KeyPairs: filtered(asked, input.Filters, FILTERS).map((pair) => shown(pair, input.IncludePublicKey ?? false)) };
    },

    /** AWS: a key pair that is not there is no error. */
    async DeleteKeyPair(input: DeleteKeyPairCommandInput, call: Call): Promise<DeleteKeyPairResult> {
      const { KeyName: name, KeyPairId: id } = input;
      if (name === undefined && id === undefined) required(name, 'KeyName');
      const gone = await store.transact((tx) => {
        const pair = tx.list('ec2/key-pair', call).find((each) => (id === undefined ? each.name === name : each.id === id));
        if (pair) tx.delete('ec2/key-pair', pair.id);
        return pair;
      });
      return { Return: true, ...(gone ? { KeyPairId: gone.id } : {}) };
    },
  };
}

function checkedName(name: string | undefined): string {
  const given = required(name, 'KeyName');
  if (given.trim() !== given) throw new AwsError('InvalidParameterValue', `Invalid value '${given}' for keyName. It should be trimmed`);
  // AWS: up to 255 ASCII characters, without a space at either end
  if (!/^[\x20-\x7e]{1,255}$/.test(given)) {
    throw new AwsError('InvalidParameterValue', `Value (${given}) for parameter KeyName is invalid. Constraints: Up to 255 ASCII characters. Can't include leading or trailing spaces.`);
  }
  return given;
}

export function keyPairNamed(world: World, call: Call, name: string): KeyPair | undefined {
  return world.list('ec2/key-pair', call).find((pair) => pair.name === name);
}

export function keyPairNotFound(name: string): AwsError {
  return new AwsError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);
}

function created(pair: KeyPair): ImportKeyPairResult {
  return { KeyName: pair.name, KeyPairId: pair.id, KeyFingerprint: pair.fingerprint, Tags: shownTags(pair.tags) };
}

function shown(pair: KeyPair, withKey: boolean): KeyPairInfo {
  return { ...created(pair), KeyType: pair.keyType, CreateTime: new Date(pair.createdAt), ...(withKey ? { PublicKey: `${pair.publicKey} ${pair.name}` } : {}) };
}
