/** A sample of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\]|\\\\[\\\\n])*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$)/y;
const VALUE = /^(?:[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]Inf|NaN)$/;

/**
 * Reads the text format 0.0.4 as strictly as it may be read: throws at whatever a scraper might refuse or misread.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end with a line feed');
  if (text.includes('\r')) throw new Error('there is a carriage return');
  const families = new Map<string, Family & { readonly samples: Sample[] }>();
  const seen = new Set<string>();
  let help: readonly [name: string, text: string] | null = null;
  let open: (Family & { readonly samples: Sample[] }) | null = null;
  text.slice(0, -1).split('\n').forEach((line, i) => {
    const wrong = (why: string): Error => new Error(`line ${i + 1} ${why}: ${line}`);
    const [, helped, said = ''] = HELP.exec(line) ?? [];
    if (helped !== undefined) {
      help = [helped, said];
      open = null;
      return;
    }
    const [, typed, type] = TYPE.exec(line) ?? [];
    if (typed !== undefined) {
      if (help?.[0] !== typed) throw wrong('has no HELP of its name before it');
      if (families.has(typed)) throw wrong('announces a family a second time');
      if (type === 'counter' && !typed.endsWith('_total')) throw wrong('names a counter that does not end with _total');
      open = { name: typed, help: help[1], type: type as Family['type'], samples: [] };
      families.set(typed, open);
      return;
    }
    const sample = readSample(line);
    if (sample === null) throw wrong('is neither a comment nor a sample');
    if (open === null || !belongs(sample, open)) throw wrong('stands outside of its family');
    if (open.type === 'counter' && !(sample.value >= 0)) throw wrong('is a counter below nothing');
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
    if (seen.has(key)) throw wrong('is a sample that was there before');
    seen.add(key);
    open.samples.push(sample);
  });
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family);
  return families;
}

function readSample(line: string): Sample | null {
  const [, name, inside = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || !VALUE.test(value!)) return null;
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inside.length) {
    const at = LABEL.lastIndex;
    const [found, label = '', escaped, end] = LABEL.exec(inside) ?? [];
    if (found === undefined || Object.hasOwn(labels, label) || (end === ',' && at + found.length === inside.length)) return null;
    labels[label] = escaped!.replace(/\\(.)/g, (_all, character: string) => (character === 'n' ? '\n' : character));
    if (end === '') break;
  }
  return { name, labels, value: Number(value!.replace('Inf', 'Infinity')) };
}

function belongs({ name, labels }: Sample, family: Family): boolean {
  if (family.type !== 'histogram') return name === family.name;
  return name === `${family.name}_bucket` ? 'le' in labels : name === `${family.name}_sum` || name === `${family.name}_count`;
}

/** Each series: buckets that rise, up to +Inf, which is the count; and a sum. */
function checkHistogram({ name, samples }: Family): void {
  const series = Map.groupBy(samples, ({ labels: { le: _le, ...labels } }) => JSON.stringify(labels));
  for (const [labels, of] of series) {
    const buckets = of.filter((sample) => sample.name === `${name}_bucket`).map((sample) => [Number(sample.labels['le']!.replace('+Inf', 'Infinity')), sample.value] as const);
    const only = (suffix: string): number => {
      const found = of.filter((sample) => sample.name === name + suffix);
      if (found.length !== 1) throw new Error(`${name}${labels} has ${found.length} ${suffix}`);
      return found[0]!.value;
    };
    for (let i = 0; i < buckets.length; i++) {
      const [bound, count] = buckets[i]!;
      if (Number.isNaN(bound) || (i > 0 && (bound <= buckets[i - 1]![0] || count < buckets[i - 1]![1]))) throw new Error(`the buckets of ${name}${labels} do not rise at ${bound}`);
    }
    if (buckets.at(-1)?.[0] !== Infinity || buckets.at(-1)![1] !== only('_count')) throw new Error(`the last bucket of ${name}${labels} is not all of them`);
    if (!(only('_sum') >= 0)) throw new Error(`the sum of ${name}${labels} is below nothing`);
  }
}
