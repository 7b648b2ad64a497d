import type {
  AddListenerCertificatesInput, AddListenerCertificatesOutput, Certificate, DescribeListenerCertificatesInput, DescribeListenerCertificatesOutput,
  RemoveListenerCertificatesInput, RemoveListenerCertificatesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { Listener } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { certificateArn } from './certificate.ts';
import { operationNotPermitted, validationError } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';

/** The certificate list of an HTTPS listener: what SNI chooses from beside the default certificate. */
export function listenerCertificateOperations(environment: Environment) {
  return {
    AddListenerCertificates(input: AddListenerCertificatesInput, call: Call): Promise<AddListenerCertificatesOutput> {
      return environment.store.transact((transaction) => {
        const listener = httpsListener(lookup.listener(transaction, input.ListenerArn ?? '', call));
        const [given] = one(input.Certificates);
        const arn = certificateArn(transaction, given, call);
        if (!listener.additionalCertificates.includes(arn)) {
          // AWS counts the list without the default certificate: "not counting default certificates".
          if (listener.additionalCertificates.length >= quota(environment, 'certificates-per-application-load-balancer')) {
            throw new AwsError('TooManyCertificates', `The maximum number of certificates has been reached on listener '${listener.id}'`);
          }
          transaction.put('elbv2/listener', { ...listener, additionalCertificates: [...listener.additionalCertificates, arn] });
        }
        return { Certificates: [{ CertificateArn: arn, IsDefault: false }] };
      });
    },

    async RemoveListenerCertificates(input: RemoveListenerCertificatesInput, call: Call): Promise<RemoveListenerCertificatesOutput> {
      await environment.store.transact((transaction) => {
        const listener = httpsListener(lookup.listener(transaction, input.ListenerArn ?? '', call));
        const [given] = one(input.Certificates);
        const arn = given?.CertificateArn ?? '';
        if (!listener.additionalCertificates.includes(arn)) {
          if (listener.defaultCertificate === arn) throw operationNotPermitted('Default certificate cannot be removed');
          return;
        }
        transaction.put('elbv2/listener', { ...listener, additionalCertificates: listener.additionalCertificates.filter((other) => other !== arn) });
      });
      return {};
    },

    DescribeListenerCertificates(input: DescribeListenerCertificatesInput, call: Call): DescribeListenerCertificatesOutput {
      const listener = httpsListener(lookup.listener(environment.store.world, input.ListenerArn ?? '', call));
      const all: readonly { readonly CertificateArn: string; readonly IsDefault: boolean }[] = [
        ...(listener.defaultCertificate === null ? [] : [{ CertificateArn: listener.defaultCertificate, IsDefault: true }]),
        ...listener.additionalCertificates.map((arn) => ({ CertificateArn: arn, IsDefault: false })),
      ];
      const { items, next } = page(all, input, (each) => `${each.IsDefault} ${each.CertificateArn}`);
      return { Certificates: items.map((each) => ({ ...each })), ...next };
    },
  };
}

function httpsListener(listener: Listener): Listener {
  if (listener.protocol !== 'HTTPS') throw validationError(`A certificate cannot be specified for ${listener.protocol} listeners`);
  return listener;
}

function one(certificates: readonly Certificate[] | undefined): readonly Certificate[] {
  // AWS: "You can specify one certificate per call. Set CertificateArn to the certificate ARN but do not set IsDefault."
  if (!certificates || certificates.length !== 1) throw validationError('Exactly one certificate must be specified');
  if (certificates[0]?.IsDefault === true) throw validationError("'IsDefault' cannot be specified");
  return certificates;
}
