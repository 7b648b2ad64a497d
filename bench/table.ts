import { budgets } from './budgets.ts';
import { ratio, type Measurement, type RowResult } from './measurement.ts';

export interface Circumstances {
  readonly date: string;
  readonly command: string;
  readonly machine: string;
  readonly load: string;
  readonly rounds: number;
  readonly seconds: number;
}

/** The result as Markdown: every row with its ratios, then every budget with its verdict. */
export function markdown(rows: readonly RowResult[], circumstances: Circumstances): string {
  return [
    '# Results',
    '',
    `Written by \`${circumstances.command}\` on ${circumstances.date}. How it is measured: README.md.`,
    '',
    `- Machine: ${circumstances.machine}`,
    `- Load of the machine (1 minute) at start and end: ${circumstances.load}`,
    `- Versions: ${versions(rows)}`,
    `- Medians of ${circumstances.rounds} interleaved rounds of ${circumstances.seconds} s each; the range of the rounds behind the cost.`,
    '- Turnpike runs with all that a balancer does (rules, X-Forwarded headers, trace id, access log, metrics); the others bare, unless said.',
    '',
    ...rows.flatMap(rowTable),
    ...budgetTable(rows),
    '',
  ].join('\n');
}

export function budgetTable(rows: readonly RowResult[]): readonly string[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const lines = budgets.map((budget) => {
    const value = budget.measured(byName);
    const verdict = value === null ? 'not measured' : value <= budget.limit ? 'within' : '**OVER**';
    return `| ${budget.what} | ${number(budget.limit)} ${budget.unit} | ${value === null ? '-' : `${number(value)} ${budget.unit}`} | ${verdict} |`;
  });
  return ['## Budgets', '', '| what | limit | measured | verdict |', '|---|---|---|---|', ...lines];
}

function rowTable(row: RowResult): readonly string[] {
  return [
    `## ${row.title}`,
    '',
    `| ${row.name} | ${row.unit} | x haproxy | x nginx | x turnpike | /s | p50 us | p99 us | p99.9 us | errors |`,
    '|---|---|---|---|---|---|---|---|---|---|',
    ...row.measurements.map((measurement) => line(row, measurement)),
    '',
  ];
}

function line(row: RowResult, { label, median, samples, skipped }: Measurement): string {
  if (median === null) return `| ${label} | not measured: ${(skipped ?? '').replaceAll(/[\n|]+/g, ' ')} | | | | | | | | |`;
  const costs = samples.map((sample) => sample.cost);
  const range = costs.length > 1 ? ` (${number(Math.min(...costs))} - ${number(Math.max(...costs))})` : '';
  const cells = [
    label, number(median.cost) + range, number(ratio(row, label, 'haproxy')), number(ratio(row, label, 'nginx')), number(ratio(row, label, 'turnpike')), number(median.rate),
    number(median.p50), number(median.p99), number(median.p999), String(median.errors),
  ];
  return `| ${cells.join(' | ')} |`;
}

function number(value: number | null): string {
  if (value === null) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function versions(rows: readonly RowResult[]): string {
  const all = new Map(rows.flatMap((row) => row.measurements.map((m) => [m.program, m.version] as const)));
  return [...all].map(([program, version]) => `${program} ${version}`).join(', ');
}
