import { AwsError, InvalidMarker, paginate } from '../../../aws/index.ts';

interface Asked {
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

/** Up to a hundred, as AWS gives them where nothing is asked for. */
export function page<T extends { readonly id: string }>(items: readonly T[], { NextToken: marker, MaxResults: limit = 100 }: Asked, scope: string): { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } } {
  try {
    const { items: shown, next } = paginate(items, { marker, limit, key: ({ id }) => id, scope });
    return { items: shown, next: next === null ? {} : { NextToken: next } };
  } catch (error) {
    if (error instanceof InvalidMarker) throw new AwsError('InvalidInput', 'The NextToken is not one that an earlier answer returned.');
    throw error;
  }
}

interface Filter {
  readonly Name: string;
  readonly Values: readonly string[];
  readonly Condition?: string;
}

/** Whether what an item has under the names of filters is among their values. */
export function fits(filters: readonly Filter[] | undefined, facts: Readonly<Record<string, string>>): boolean {
  return (filters ?? []).every(({ Name: name, Values: values, Condition: condition = 'EQ' }) => {
    const own = facts[name];
    if (own === undefined) throw new AwsError('InvalidInput', `Filtering by ${name} is not served here.`);
    switch (condition) {
      case 'EQ':
      case 'IN':
        return values.includes(own);
      case 'BEGINS_WITH':
        return values.some((value) => own.startsWith(value));
      default:
        throw new AwsError('InvalidInput', `Filters with the condition ${condition} are not served here.`);
    }
  });
}
