import type {
  DeleteServerCertificateCommandInput, GetServerCertificateCommandInput, GetServerCertificateResponse, ListServerCertificatesCommandInput, ListServerCertificatesResponse,
  ServerCertificateMetadata, UpdateServerCertificateCommandInput, UploadServerCertificateCommandInput, UploadServerCertificateResponse,
} from '@aws-sdk/client-iam';
import { AwsError, type Call } from '../../../aws/index.ts';
import { GLOBAL, iamArn, type ServerCertificate, uniqueId } from '../../resources/iam/index.ts';
import type { Transaction } from '../../store/index.ts';
import { imported, Unfit, usersOf, type Imported } from '../acm/index.ts';
import type { Environment } from '../environment.ts';
import { checkedPath, isTaken, scopeOf, serverCertificateOf } from './lookup.ts';
import { markerPage } from './marker.ts';
import { merged, shownTags, tagging } from './tags.ts';

/** Certificates that load balancers serve beside those of ACM: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html */
export function serverCertificateOperations(environment: Environment) {
  const { store, clock, random, limits } = environment;
  const tags = tagging(environment, 'iam/server-certificate', (world, call, { ServerCertificateName }: { readonly ServerCertificateName: string | undefined }) => serverCertificateOf(world, call, ServerCertificateName));
  return {
    async UploadServerCertificate(input: UploadServerCertificateCommandInput, call: Call): Promise<UploadServerCertificateResponse> {
      const name = input.ServerCertificateName!;
      const path = checkedPath(input.Path);
      const now = clock.now();
      const { parsed, privateKey } = checked(input, now);
      const certificate: ServerCertificate = {
        id: iamArn(call.account, 'server-certificate', [path, name]),
        account: call.account,
        region: GLOBAL,
        parent: null,
        createdAt: now,
        name,
        path,
        uniqueId: uniqueId(random, 'ASCA'),
        // It comes back without the white space around it: Terraform's provider strips what it is given, and holds AWS's answer against that.
        certificate: input.CertificateBody!.trim(),
        chain: input.CertificateChain?.trim() ?? '',
        privateKey,
        subjectAlternativeNames: parsed.subjectAlternativeNames,
        notAfter: parsed.notAfter,
        tags: merged([], input.Tags),
      };
      await store.transact((tx) => {
        const own = tx.list('iam/server-certificate', scopeOf(call));
        if (isTaken(own, name)) throw alreadyExists(name);
        const most = limits.value('server-certificates-per-account', 20);
        if (own.length >= most) throw new AwsError('LimitExceeded', `Cannot exceed quota for ServerCertificatesPerAccount: ${most}`);
        tx.put('iam/server-certificate', certificate);
      });
      return { ServerCertificateMetadata: metadata(certificate), Tags: tagsOf(certificate) };
    },

    GetServerCertificate(input: GetServerCertificateCommandInput, call: Call): GetServerCertificateResponse {
      const certificate = serverCertificateOf(store.world, call, input.ServerCertificateName);
      return {
        ServerCertificate: {
          ServerCertificateMetadata: metadata(certificate),
          CertificateBody: certificate.certificate,
          ...(certificate.chain === '' ? {} : { CertificateChain: certificate.chain }),
          Tags: tagsOf(certificate),
        },
      };
    },

    ListServerCertificates(input: ListServerCertificatesCommandInput, call: Call): ListServerCertificatesResponse {
      const own = store.world.list('iam/server-certificate', scopeOf(call)).filter((certificate) => certificate.path.startsWith(input.PathPrefix ?? '/'));
      const { items, IsTruncated, Marker } = markerPage(own, input, (certificate) => certificate.name);
      return { ServerCertificateMetadataList: items.map(metadata), IsTruncated, Marker };
    },

    /** The ARN is made of path and name, so it changes, and so does the one that listeners name. */
    async UpdateServerCertificate(input: UpdateServerCertificateCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const old = serverCertificateOf(tx, call, input.ServerCertificateName);
        const name = input.NewServerCertificateName ?? old.name;
        const path = input.NewPath === undefined ? old.path : checkedPath(input.NewPath);
        const others = tx.list('iam/server-certificate', scopeOf(call)).filter((each) => each.id !== old.id);
        if (isTaken(others, name)) throw alreadyExists(name);
        const id = iamArn(call.account, 'server-certificate', [path, name]);
        if (id === old.id) return;
        tx.delete('iam/server-certificate', old.id);
        tx.put('iam/server-certificate', { ...old, id, name, path });
        renameInListeners(tx, old.id, id);
      });
    },

    async DeleteServerCertificate(input: DeleteServerCertificateCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const certificate = serverCertificateOf(tx, call, input.ServerCertificateName);
        const [user] = usersOf(tx, certificate.id);
        // Terraform's provider looks for these words, and waits.
        if (user !== undefined) throw new AwsError('DeleteConflict', `Certificate: ${certificate.uniqueId} is currently in use by ${user}. Please remove it first before deleting it from IAM.`);
        tx.delete('iam/server-certificate', certificate.id);
      });
    },

    TagServerCertificate: tags.tag,
    UntagServerCertificate: tags.untag,
    ListServerCertificateTags: tags.list,
  };
}

/** IAM's sentences where they are known; those on keys are chosen. */
const REFUSALS: Readonly<Record<Unfit['part'], readonly [code: string, message: string | null]>> = {
  form: ['MalformedCertificate', 'Unable to parse certificate. Please ensure the certificate is in PEM format.'],
  certificate: ['MalformedCertificate', null],
  chain: ['MalformedCertificate', 'Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: -1'],
  key: ['MalformedCertificate', null],
  pair: ['KeyPairMismatch', null],
};

/** The certificate is read as ACM reads it: PEM, valid now, of a key that can be served, signed by what follows it. */
function checked(input: UploadServerCertificateCommandInput, now: number): Imported {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  try {
    return imported({
      Certificate: bytes(input.CertificateBody!),
      PrivateKey: bytes(input.PrivateKey!),
      CertificateChain: input.CertificateChain === undefined ? undefined : bytes(input.CertificateChain),
    }, now);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const [code, message] = REFUSALS[error.part];
    throw new AwsError(code, message ?? error.message);
  }
}

function renameInListeners(tx: Transaction, from: string, to: string): void {
  const renamed = (arn: string): string => (arn === from ? to : arn);
  for (const listener of tx.list('elbv2/listener')) {
    if (listener.defaultCertificate !== from && !listener.additionalCertificates.includes(from)) continue;
    const defaultCertificate = listener.defaultCertificate === null ? null : renamed(listener.defaultCertificate);
    tx.put('elbv2/listener', { ...listener, defaultCertificate, additionalCertificates: listener.additionalCertificates.map(renamed) });
  }
}

function alreadyExists(name: string): AwsError {
  return new AwsError('EntityAlreadyExists', `The Server Certificate with name ${name} already exists.`);
}

function tagsOf(certificate: ServerCertificate): UploadServerCertificateResponse['Tags'] {
  return certificate.tags.length > 0 ? shownTags(certificate.tags) : undefined;
}

function metadata(certificate: ServerCertificate): ServerCertificateMetadata {
  return {
    Path: certificate.path,
    ServerCertificateName: certificate.name,
    ServerCertificateId: certificate.uniqueId,
    Arn: certificate.id,
    UploadDate: new Date(certificate.createdAt),
    Expiration: new Date(certificate.notAfter),
  };
}
