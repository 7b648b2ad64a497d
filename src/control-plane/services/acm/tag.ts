import type {
  AddTagsToCertificateRequest, ListTagsForCertificateRequest, ListTagsForCertificateResponse, RemoveTagsFromCertificateRequest, Tag as WireTag,
} from '@aws-sdk/client-acm';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { Tag } from '../../resources/index.ts';
import type { Environment } from '../environment.ts';
import { validationException } from './error.ts';
import * as lookup from './lookup.ts';

const LIMIT = 50;

export function mergedTags(old: readonly Tag[], added: readonly WireTag[] | undefined): readonly Tag[] {
  const result = new Map(old.map((tag) => [tag.key, tag.value]));
  for (const { Key: key = '', Value: value = '' } of added ?? []) {
    if (key.toLowerCase().startsWith('aws:')) throw validationException(`Invalid Tag Key: "${key}". AWS internal tags cannot be changed with this API`);
    result.set(key, value);
  }
  if (result.size > LIMIT) {
    const all = [...result].map(([key, value]) => `${key}=${value}`).join(', ');
    throw new AwsError('TooManyTagsException', `the TagSet: '{${all}}' contains too many Tags`);
  }
  return [...result].map(([key, value]) => ({ key, value }));
}

function shape(tags: readonly Tag[]): WireTag[] {
  return tags.map((tag) => ({ Key: tag.key, Value: tag.value }));
}

export function tagOperations(environment: Environment) {
  const change = (arn: string | undefined, call: Call, to: (old: readonly Tag[]) => readonly Tag[]): Promise<void> =>
    environment.store.transact((transaction) => {
      const certificate = lookup.certificate(transaction, arn, call);
      transaction.put('acm/certificate', { ...certificate, tags: to(certificate.tags) });
    });
  const list = (arn: string | undefined, call: Call): WireTag[] => shape(lookup.certificate(environment.store.world, arn, call).tags);

  return {
    async AddTagsToCertificate(input: AddTagsToCertificateRequest, call: Call): Promise<object> {
      await change(input.CertificateArn, call, (old) => mergedTags(old, input.Tags));
      return {};
    },

    async RemoveTagsFromCertificate(input: RemoveTagsFromCertificateRequest, call: Call): Promise<object> {
      // A tag given with a value is removed only where it has that value.
      const gone = (tag: Tag): boolean => (input.Tags ?? []).some(({ Key, Value }) => Key === tag.key && (Value === undefined || Value === tag.value));
      await change(input.CertificateArn, call, (old) => old.filter((tag) => !gone(tag)));
      return {};
    },

    ListTagsForCertificate(input: ListTagsForCertificateRequest, call: Call): ListTagsForCertificateResponse {
      return { Tags: list(input.CertificateArn, call) };
    },

    async TagResource(input: { readonly ResourceArn?: string; readonly Tags?: WireTag[] }, call: Call): Promise<object> {
      await change(input.ResourceArn, call, (old) => mergedTags(old, input.Tags));
      return {};
    },

    async UntagResource(input: { readonly ResourceArn?: string; readonly TagKeys?: string[] }, call: Call): Promise<object> {
      await change(input.ResourceArn, call, (old) => old.filter((tag) => !(input.TagKeys ?? []).includes(tag.key)));
      return {};
    },

    ListTagsForResource(input: { readonly ResourceArn?: string }, call: Call): { Tags: WireTag[] } {
      return { Tags: list(input.ResourceArn, call) };
    },
  };
}
