import { AwsError, type Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { ApiKey } from '../../resources/apigateway/index.ts';
import type { Transaction } from '../../store/index.ts';
import { given } from '../apigatewayv2/text.ts';
import type { Environment } from '../environment.ts';
import { checked } from './api-key.ts';
import { checkedValue } from './api-key-value.ts';
import { csvRows } from './csv.ts';
import { badRequest } from './error.ts';
import * as lookup from './lookup.ts';
import { checkQuota } from './quota.ts';
import { addKey } from './usage-plan-key.ts';

export interface ImportRequest {
  readonly body: Uint8Array;
  readonly format: string;
  readonly failOnWarnings?: boolean;
}

const COLUMNS = ['name', 'key', 'description', 'enabled', 'usageplanids'] as const;
interface Line extends Readonly<Partial<Record<(typeof COLUMNS)[number], string>>> {
  /** In the file, from 1 on. */
  readonly at: number;
}

/**
 * Keys out of a file: a key with the value of one that is there replaces its settings. What cannot be taken of a line is a warning, unless warnings are to fail.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
 */
export async function importApiKeys(environment: Environment, { body, failOnWarnings = false }: ImportRequest, call: Call): Promise<{ readonly ids: readonly string[]; readonly warnings: readonly string[] }> {
  const lines = linesOf(Buffer.from(body).toString('utf8'));
  return environment.store.transact((transaction) => {
    const warnings: string[] = [];
    const imported = lines.flatMap((line): readonly string[] => {
      const warn = (why: string): void => void warnings.push(`Line ${line.at}: ${why}`);
      try {
        return [importLine(environment, line, { transaction, call, warn })];
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        warn(error.message);
        return [];
      }
    });
    if (failOnWarnings && warnings.length > 0) throw badRequest(`Warnings found during import: ${warnings.join('; ')}`);
    return { ids: [...new Set(imported)], warnings };
  });
}

interface Importing {
  readonly transaction: Transaction;
  readonly call: Call;
  readonly warn: (why: string) => void;
}

function importLine(environment: Environment, line: Line, { transaction, call, warn }: Importing): string {
  const value = checkedValue(line.key ?? '');
  const now = environment.clock.now();
  const there = transaction.list('apigateway/api-key', call);
  const before = there.find((key) => key.value === value);
  if (!before) checkQuota(environment, 'api-keys', there.length);
  const key: ApiKey = checked({
    ...(before ?? { id: alphanumericId(environment.random, 10), account: call.account, region: call.region, parent: null, createdAt: now, value, customerId: null, tags: [] }),
    name: given(line.name), description: given(line.description), enabled: (line.enabled ?? '') === '' || line.enabled?.toLowerCase() === 'true', lastUpdatedAt: now,
  });
  transaction.put('apigateway/api-key', key);
  for (const planId of (line.usageplanids ?? '').split(',').map((id) => id.trim()).filter((id) => id !== '')) {
    try {
      const plan = lookup.usagePlan(transaction, planId, call);
      if (!transaction.get('apigateway/usage-plan-key', `${plan.id}/${key.id}`)) addKey(environment, { plan, key }, transaction);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      warn(`${planId}: ${error.message}`);
    }
  }
  return key.id;
}

function linesOf(text: string): readonly Line[] {
  const rows = csvRows(text);
  if (rows === null) throw badRequest('Invalid API Key file: a quote is not closed');
  const [head, ...rest] = rows;
  const names = (head?.values ?? []).map((name) => name.toLowerCase());
  for (const required of ['name', 'key']) if (!names.includes(required)) throw badRequest(`Invalid API Key file: it has no column ${required}`);
  return rest.map(({ line, values }) => ({ at: line, ...Object.fromEntries(COLUMNS.flatMap((name) => (names.includes(name) ? [[name, values[names.indexOf(name)] ?? '']] : []))) }));
}
