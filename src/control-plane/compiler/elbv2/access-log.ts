import { loadBalancerLabel, type LoadBalancer } from '../../resources/elbv2/index.ts';
import type { AccessLog } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { isOn } from './attribute.ts';

/**
 * Folder and file name in AWS's layout: elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format
 * Null where the balancer writes none.
 */
export function compileAccessLog({ attributes, account, region, id }: LoadBalancer, maker: Maker): AccessLog | null {
  if (!isOn(attributes, 'access_logs.s3.enabled', false)) return null;
  const bucket = attributes['access_logs.s3.bucket'] ?? '';
  if (bucket === '') {
    maker.tell({
      severity: 'error', resource: id, field: 'Attributes[access_logs.s3.bucket]',
      message: 'Access logs are enabled without a bucket, so none is written: set access_logs.s3.bucket.',
    });
    return null;
  }
  const prefix = (attributes['access_logs.s3.prefix'] ?? '').replace(/^\/+|\/+$/g, '');
  return {
    path: [bucket, prefix, 'AWSLogs', account, 'elasticloadbalancing', region].filter((part) => part !== '').join('/'),
    file: [account, 'elasticloadbalancing', region, loadBalancerLabel(id).replaceAll('/', '.')].join('_'),
  };
}
