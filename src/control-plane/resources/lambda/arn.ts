/** Names and ARNs of functions. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */

export interface FunctionPlace {
  readonly account: string;
  readonly region: string;
}

/** What a `FunctionName` or function ARN names. */
export interface FunctionReference extends FunctionPlace {
  readonly name: string;
  /** Unqualified. */
  readonly arn: string;
  /** `$LATEST`, a version number, an alias; null where none was given. */
  readonly qualifier: string | null;
}

/** Unqualified ARN of a function. */
export function functionArn(place: FunctionPlace, name: string): string {
  return `arn:${partition(place.region)}:lambda:${place.region}:${place.account}:function:${name}`;
}

const FORM = /^(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:([a-z]{2,5}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9_-]+)(?::(\$LATEST|[a-zA-Z0-9_-]+))?$/;

/**
 * Reads what AWS takes as `FunctionName`: a name, a partial ARN (`123456789012:function:NAME`), an ARN, each with or without a qualifier.
 * What is left out is the caller's. Null where it is none of these.
 */
export function parseFunctionName(text: string, caller: FunctionPlace): FunctionReference | null {
  const match = FORM.exec(text);
  if (!match || match[3] === undefined) return null;
  const place = { region: match[1] ?? caller.region, account: match[2] ?? caller.account };
  return { ...place, name: match[3], arn: functionArn(place, match[3]), qualifier: match[4] ?? null };
}

/** The unqualified ARN within an ARN that may have a qualifier. */
export function unqualifiedArn(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

export function partition(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}
