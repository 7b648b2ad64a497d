import { QUOTA_PERIODS, type QuotaPeriod, type QuotaSettings, type ThrottleSettings } from '../../resources/apigateway/index.ts';
import { badRequest } from './error.ts';
import type { WireQuota, WireThrottle } from './wire.ts';

/** Throttle and quota of usage plans, held against AWS's rules. */

export function checkedThrottle({ rateLimit = null, burstLimit = null }: { readonly rateLimit?: number | null | undefined; readonly burstLimit?: number | null | undefined }): ThrottleSettings {
  if (rateLimit !== null && rateLimit < 0) throw badRequest('Usage Plan throttle rate limit must be non-negative');
  if (burstLimit !== null && (burstLimit < 0 || !Number.isInteger(burstLimit))) throw badRequest('Usage Plan throttle burst limit must be non-negative');
  return { rateLimit, burstLimit };
}

/** The highest offset of each period: it is a day of the week, or of the month. The sentences are those that the Terraform provider repeats. */
const OFFSETS: Readonly<Record<QuotaPeriod, readonly [number, string]>> = {
  DAY: [0, 'Usage Plan quota offset must be zero in the DAY period'],
  WEEK: [6, 'Usage Plan quota offset must be between 0 and 6 inclusive in the WEEK period'],
  MONTH: [27, 'Usage Plan quota offset must be between 0 and 27 inclusive in the MONTH period'],
};

export function checkedQuota({ limit, offset = 0, period }: WireQuota): QuotaSettings {
  if (period === undefined || !isPeriod(period)) throw badRequest('Usage Plan quota period must be one of DAY, WEEK, MONTH');
  if (limit === undefined || !Number.isInteger(limit) || limit < 0) throw badRequest('Usage Plan quota limit must be non-negative');
  const [most, sentence] = OFFSETS[period];
  if (!Number.isInteger(offset) || offset < 0 || offset > most) throw badRequest(sentence);
  return { limit, offset, period };
}

function isPeriod(text: string): text is QuotaPeriod {
  return (QUOTA_PERIODS as readonly string[]).includes(text);
}

export function throttleShape({ rateLimit, burstLimit }: ThrottleSettings): WireThrottle {
  return { ...(burstLimit === null ? {} : { burstLimit }), ...(rateLimit === null ? {} : { rateLimit }) };
}
