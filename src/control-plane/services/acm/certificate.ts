import { createPrivateKey } from 'node:crypto';
import type {
  DeleteCertificateRequest, DescribeCertificateRequest, DescribeCertificateResponse, ExportCertificateRequest, ExportCertificateResponse,
  GetCertificateRequest, GetCertificateResponse, ImportCertificateRequest, ImportCertificateResponse, ResendValidationEmailRequest,
  UpdateCertificateOptionsRequest,
} from '@aws-sdk/client-acm';
import { uuid } from '../../../kernel/index.ts';
import { AwsError, type Call } from '../../../aws/index.ts';
import { certificateArn, type Certificate } from '../../resources/acm/index.ts';
import { partitionOf } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { validationException } from './error.ts';
import { imported, type Imported } from './imported.ts';
import * as lookup from './lookup.ts';
import { checkQuota } from './quota.ts';
import { detail } from './shape.ts';
import { mergedTags } from './tag.ts';

export function newArn(environment: Environment, call: Call): string {
  return certificateArn({ partition: partitionOf(call.region), region: call.region, account: call.account }, uuid(environment.random));
}

/** What reading a certificate says about it, for the noun. */
function read({ certificate, chain, privateKey, parsed }: Imported) {
  return { ...parsed, certificate, chain, privateKey };
}

export function certificateOperations(environment: Environment) {
  const { store, clock } = environment;

  return {
    async ImportCertificate(input: ImportCertificateRequest, call: Call): Promise<ImportCertificateResponse> {
      const now = clock.now();
      const given = read(imported(input, now));
      const { CertificateArn: replaced } = input;
      if (replaced !== undefined && input.Tags && input.Tags.length > 0) throw validationException('Tagging is not permitted on re-import.');
      const fresh: Certificate = {
        id: newArn(environment, call),
        account: call.account,
        region: call.region,
        parent: null,
        createdAt: now,
        type: 'IMPORTED',
        ...given,
        deliveredAt: now,
        validation: null,
        transparencyLogging: 'DISABLED',
        exportable: false,
        exportedAt: null,
        renewedAt: null,
        idempotencyToken: null,
        tags: mergedTags([], input.Tags),
      };
      const arn = await store.transact((transaction) => {
        if (replaced === undefined) {
          checkQuota(transaction, environment, call);
          transaction.put('acm/certificate', fresh);
          return fresh.id;
        }
        const old = lookup.certificate(transaction, replaced, call);
        if (old.type !== 'IMPORTED') throw validationException(`Certificate ${replaced} was not imported: only imported certificates can be replaced.`);
        transaction.put('acm/certificate', { ...old, ...given, deliveredAt: now });
        return old.id;
      });
      return { CertificateArn: arn };
    },

    DescribeCertificate(input: DescribeCertificateRequest, call: Call): DescribeCertificateResponse {
      const certificate = lookup.certificate(store.world, input.CertificateArn, call);
      return { Certificate: detail(certificate, { now: clock.now(), users: lookup.usersOf(store.world, certificate.id) }) };
    },

    GetCertificate(input: GetCertificateRequest, call: Call): GetCertificateResponse {
      const { certificate, chain } = lookup.certificate(store.world, input.CertificateArn, call);
      return { Certificate: certificate, ...(chain === '' ? {} : { CertificateChain: chain }) };
    },

    /** The only way by which a private key leaves, and it leaves encrypted. */
    async ExportCertificate(input: ExportCertificateRequest, call: Call): Promise<ExportCertificateResponse> {
      const passphrase = Buffer.from(input.Passphrase ?? []).toString('latin1');
      if (passphrase.length < 4) throw validationException("Value at 'passphrase' failed to satisfy constraint: Member must have length greater than or equal to 4");
      // AWS: "you can use any ASCII character except #, $, or %"
      if (!/^[\x20-\x7e]+$/.test(passphrase) || /[#$%]/.test(passphrase)) {
        throw validationException('The passphrase must consist of ASCII characters other than #, $ and %.');
      }
      const certificate = await store.transact((transaction) => {
        const found = lookup.certificate(transaction, input.CertificateArn, call);
        if (!found.exportable) throw validationException(`Certificate ARN: ${found.id} is not a private certificate`);
        if (found.exportedAt === null) transaction.put('acm/certificate', { ...found, exportedAt: clock.now() });
        return found;
      });
      const encrypted = createPrivateKey(certificate.privateKey).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
      return { Certificate: certificate.certificate, CertificateChain: certificate.chain, PrivateKey: encrypted.toString() };
    },

    async DeleteCertificate(input: DeleteCertificateRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const { id } = lookup.certificate(transaction, input.CertificateArn, call);
        if (lookup.usersOf(transaction, id).length > 0) throw new AwsError('ResourceInUseException', `Certificate ${id} is in use.`);
        transaction.delete('acm/certificate', id);
      });
      return {};
    },

    async UpdateCertificateOptions(input: UpdateCertificateOptionsRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const certificate = lookup.certificate(transaction, input.CertificateArn, call);
        const { CertificateTransparencyLoggingPreference: logging, Export: exported } = input.Options ?? {};
        if (certificate.type === 'IMPORTED') throw new AwsError('InvalidStateException', `Options of the imported certificate ${certificate.id} cannot be changed.`);
        if (exported !== undefined && (exported === 'ENABLED') !== certificate.exportable) {
          throw new AwsError('InvalidStateException', `The export option of certificate ${certificate.id} cannot be changed after it was created.`);
        }
        transaction.put('acm/certificate', { ...certificate, transparencyLogging: logging ?? certificate.transparencyLogging });
      });
      return {};
    },

    /** Certificates are issued at once, so no mail is ever awaited. */
    ResendValidationEmail(input: ResendValidationEmailRequest, call: Call): never {
      const { id } = lookup.certificate(store.world, input.CertificateArn, call);
      throw new AwsError('InvalidStateException', `Certificate ${id} is not in state PENDING_VALIDATION.`);
    },
  };
}
