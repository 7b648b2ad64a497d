import type {
  DeleteServerCertificateCommandInput, GetServerCertificateCommandInput, GetServerCertificateResponse, ListServerCertificatesCommandInput,
  ListServerCertificatesResponse, ListServerCertificateTagsCommandInput, ListServerCertificateTagsResponse, ServerCertificateMetadata,
  TagServerCertificateCommandInput, UntagServerCertificateCommandInput, UpdateServerCertificateCommandInput, UploadServerCertificateCommandInput,
  UploadServerCertificateResponse,
} from '@aws-sdk/client-iam';
import { AwsError, type Call } from '../../../aws/index.ts';
import { GLOBAL, iamArn, type ServerCertificate, uniqueId } from '../../resources/iam/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import { CertificateFault, imported, usersOf } from '../acm/index.ts';
import type { Environment } from '../environment.ts';
import { checkedPath, isTaken, scopeOf, serverCertificateOf } from './lookup.ts';
import { markerPage } from './marker.ts';
import { merged, shownTags, without } from './tags.ts';

/** Certificates that are uploaded: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html */
export function serverCertificateOperations({ store, clock, random, limits }: Environment) {
  /** Changes one in place. */
  const change = (call: Call, name: string | undefined, to: (certificate: ServerCertificate) => Partial<ServerCertificate>): Promise<void> =>
    store.transact((tx) => {
      const certificate = serverCertificateOf(tx, call, name);
      tx.put('iam/server-certificate', { ...certificate, ...to(certificate) });
    });

  return {
    async UploadServerCertificate(input: UploadServerCertificateCommandInput, call: Call): Promise<UploadServerCertificateResponse> {
      const name = input.ServerCertificateName!;
      const path = checkedPath(input.Path);
      const certificate: ServerCertificate = {
        id: iamArn(call.account, 'server-certificate', [path, name]),
        account: call.account,
        region: GLOBAL,
        parent: null,
        createdAt: clock.now(),
        name,
        path,
        uniqueId: uniqueId(random, 'ASCA'),
        ...content(input, clock.now()),
        tags: merged([], input.Tags),
      };
      await store.transact((tx) => {
        checkName(tx, call, name);
        const most = limits.value('server-certificates-per-account', 20);
        if (tx.list('iam/server-certificate', scopeOf(call)).length >= most) throw new AwsError('LimitExceeded', `Cannot exceed quota for ServerCertificatesPerAccount: ${most}`);
        tx.put('iam/server-certificate', certificate);
      });
      return { ServerCertificateMetadata: metadata(certificate), ...(certificate.tags.length > 0 ? { Tags: shownTags(certificate.tags) } : {}) };
    },

    GetServerCertificate(input: GetServerCertificateCommandInput, call: Call): GetServerCertificateResponse {
      const certificate = serverCertificateOf(store.world, call, input.ServerCertificateName);
      return {
        ServerCertificate: {
          ServerCertificateMetadata: metadata(certificate),
          CertificateBody: certificate.certificate,
          CertificateChain: certificate.chain === '' ? undefined : certificate.chain,
          Tags: certificate.tags.length > 0 ? shownTags(certificate.tags) : undefined,
        },
      };
    },

    ListServerCertificates(input: ListServerCertificatesCommandInput, call: Call): ListServerCertificatesResponse {
      const own = store.world.list('iam/server-certificate', scopeOf(call)).filter((each) => each.path.startsWith(input.PathPrefix ?? '/'));
      const { items, IsTruncated, Marker } = markerPage(own, input, (each) => each.name);
      return { ServerCertificateMetadataList: items.map(metadata), IsTruncated, Marker };
    },

    async DeleteServerCertificate(input: DeleteServerCertificateCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const { id, uniqueId: unique } = serverCertificateOf(tx, call, input.ServerCertificateName);
        const [user] = usersOf(tx, id);
        if (user !== undefined) throw new AwsError('DeleteConflict', `Certificate: ${unique} is currently in use by ${user}. Please remove it first before deleting it from IAM.`);
        tx.delete('iam/server-certificate', id);
      });
    },

    /** The ARN changes with the name or the path; listeners that use it go on, and name it anew (chosen: AWS's serve a copy). */
    async UpdateServerCertificate(input: UpdateServerCertificateCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const old = serverCertificateOf(tx, call, input.ServerCertificateName);
        const name = input.NewServerCertificateName ?? old.name;
        const path = input.NewPath === undefined ? old.path : checkedPath(input.NewPath);
        if (name.toLowerCase() !== old.name.toLowerCase()) checkName(tx, call, name);
        const id = iamArn(call.account, 'server-certificate', [path, name]);
        tx.delete('iam/server-certificate', old.id);
        tx.put('iam/server-certificate', { ...old, id, name, path });
        followTo(tx, old.id, id);
      });
    },

    TagServerCertificate: (input: TagServerCertificateCommandInput, call: Call): Promise<void> =>
      change(call, input.ServerCertificateName, ({ tags }) => ({ tags: merged(tags, input.Tags) })),

    UntagServerCertificate: (input: UntagServerCertificateCommandInput, call: Call): Promise<void> =>
      change(call, input.ServerCertificateName, ({ tags }) => ({ tags: without(tags, input.TagKeys) })),

    ListServerCertificateTags(input: ListServerCertificateTagsCommandInput, call: Call): ListServerCertificateTagsResponse {
      const { items, IsTruncated, Marker } = markerPage(serverCertificateOf(store.world, call, input.ServerCertificateName).tags, input, (tag) => tag.key);
      return { Tags: shownTags(items), IsTruncated, Marker };
    },
  };
}

function checkName(world: World, call: Call, name: string): void {
  if (isTaken(world.list('iam/server-certificate', scopeOf(call)), name)) throw new AwsError('EntityAlreadyExists', `The Server Certificate with name ${name} already exists.`);
}

/** What is kept of the PEM texts, which come back without the white space around them. */
function content(input: UploadServerCertificateCommandInput, now: number): Pick<ServerCertificate, 'certificate' | 'chain' | 'privateKey' | 'subjectAlternativeNames' | 'notAfter'> {
  const { CertificateBody: body = '', CertificateChain: chain, PrivateKey: key = '' } = input;
  try {
    const { privateKey, parsed } = imported(
      { Certificate: Buffer.from(body, 'latin1'), PrivateKey: Buffer.from(key, 'latin1'), CertificateChain: chain === undefined ? undefined : Buffer.from(chain, 'latin1') },
      now,
    );
    return { certificate: body.trim(), chain: (chain ?? '').trim(), privateKey, subjectAlternativeNames: parsed.subjectAlternativeNames, notAfter: parsed.notAfter };
  } catch (error) {
    if (!(error instanceof CertificateFault)) throw error;
    throw new AwsError(error.part === 'pair' ? 'KeyPairMismatch' : 'MalformedCertificate', error.message);
  }
}

function followTo(tx: Transaction, from: string, to: string): void {
  if (from === to) return;
  for (const listener of tx.list('elbv2/listener')) {
    const { defaultCertificate, additionalCertificates } = listener;
    if (defaultCertificate !== from && !additionalCertificates.includes(from)) continue;
    tx.put('elbv2/listener', {
      ...listener,
      defaultCertificate: defaultCertificate === from ? to : defaultCertificate,
      additionalCertificates: additionalCertificates.map((arn) => (arn === from ? to : arn)),
    });
  }
}

function metadata({ id, name, path, uniqueId: unique, createdAt, notAfter }: ServerCertificate): ServerCertificateMetadata {
  return { Path: path, ServerCertificateName: name, ServerCertificateId: unique, Arn: id, UploadDate: new Date(createdAt), Expiration: new Date(notAfter) };
}
