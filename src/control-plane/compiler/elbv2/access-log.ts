import { loadBalancerLabel, type LoadBalancer } from '../../resources/elbv2/index.ts';
import type { AccessLog, Listener } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { isOn } from './attribute.ts';

export type CompiledLogs = Pick<Listener, 'accessLog' | 'connectionLog' | 'healthLog'>;

/**
 * What a file name begins with.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html#connection-log-file-format
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-health-check-logs.html#health-check-log-file-format
 */
const FIRST_WORD = { access_logs: '', connection_logs: 'conn_log.', health_check_logs: 'health_check_log_' } as const;

/** The logs that a balancer writes. */
export function compileLogs(balancer: LoadBalancer, maker: Maker): CompiledLogs {
  const connectionLog = compileLog(balancer, 'connection_logs', maker);
  const healthLog = compileLog(balancer, 'health_check_logs', maker);
  return { accessLog: compileLog(balancer, 'access_logs', maker), ...(connectionLog === null ? {} : { connectionLog }), ...(healthLog === null ? {} : { healthLog }) };
}

/** Folder and file name in AWS's layout; null where it is off. */
function compileLog({ attributes, account, region, id }: LoadBalancer, kind: keyof typeof FIRST_WORD, maker: Maker): AccessLog | null {
  if (!isOn(attributes, `${kind}.s3.enabled`, false)) return null;
  const bucket = attributes[`${kind}.s3.bucket`] ?? '';
  if (bucket === '') {
    maker.tell({
      severity: 'error', resource: id, field: `Attributes[${kind}.s3.bucket]`,
      message: `${kind.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase())} are enabled without a bucket, so none is written: set ${kind}.s3.bucket.`,
    });
    return null;
  }
  const prefix = (attributes[`${kind}.s3.prefix`] ?? '').replace(/^\/+|\/+$/g, '');
  return {
    path: [bucket, prefix, 'AWSLogs', account, 'elasticloadbalancing', region].filter((part) => part !== '').join('/'),
    file: FIRST_WORD[kind] + [account, 'elasticloadbalancing', region, loadBalancerLabel(id).replaceAll('/', '.')].join('_'),
  };
}
