import { textTable } from './text-table.ts';

/** As POST and DELETE /_admin/stacks answer. */
export interface RunAnswer {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'failed';
  readonly failure: string | null;
  readonly stack: {
    readonly name: string;
    readonly status: string;
    readonly outputs: readonly { readonly name: string; readonly value: string }[];
    readonly resources: readonly { readonly logicalId: string; readonly type: string; readonly physicalId: string }[];
  } | null;
  readonly events: readonly { readonly logicalId: string; readonly type: string; readonly physicalId: string | null; readonly status: string; readonly reason: string | null }[];
}

const SENTENCE: Readonly<Record<RunAnswer['outcome'], string>> = {
  created: 'has been created',
  updated: 'has been updated',
  unchanged: 'is as the template says; nothing had to change',
  deleted: 'has been deleted',
  failed: 'could not be brought to what the template says',
};

/** What has happened, a line a resource, then the outputs. */
export function runText(name: string, run: RunAnswer): string {
  const done = run.events.filter(({ type, status }) => type !== 'AWS::CloudFormation::Stack' && !status.endsWith('_IN_PROGRESS'));
  const parts = [`${name} ${SENTENCE[run.outcome]}${run.failure === null ? '.' : `: ${run.failure}`}`];
  if (done.length > 0) parts.push(textTable(done.map(({ logicalId, type, status, reason }) => [status.toLowerCase().replaceAll('_', ' '), logicalId, type, reason ?? '']), '  '));
  if (run.stack !== null && run.outcome === 'failed') parts.push(`Its state is ${run.stack.status}.`);
  const outputs = run.outcome === 'failed' ? [] : (run.stack?.outputs ?? []);
  if (outputs.length > 0) parts.push(`Outputs\n${textTable(outputs.map((output) => [output.name, output.value]), '  ')}`);
  return parts.join('\n');
}
