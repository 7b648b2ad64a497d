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
      return error.code?.startsWith('ERR_SSL') || error.code?.startsWith('ERR_TLS') || error.code === 'EPROTO' ? faults['connect-tls'] : faults['connect-failed'];
  }
}
