import { faults, type Fault } from '../../exchange/index.ts';

/** Why a connection to a target came to nothing. */
export function connectFault(error: NodeJS.ErrnoException | null): Fault {
  if (error === null) return faults['connect-failed'];
  switch (error.code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return faults['connect-refused'];
    case 'ETIMEDOUT':
      return faults['connect-timeout'];
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EMFILE':
      return faults['connect-failed'];
    default:
      return isCertificateFault(error.code) || error.code?.startsWith('ERR_SSL') || error.code?.startsWith('ERR_TLS') || error.code === 'EPROTO' ? faults['connect-tls'] : faults['connect-failed'];
  }
}

/** OpenSSL's names for certificates that cannot be trusted, as Node spells them. */
function isCertificateFault(code: string | undefined): boolean {
  return code !== undefined && (code.includes('CERT') || code === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
}
