import { isPlainMap, type Plain, type PlainMap } from './document/source.ts';
import { choices, type Problems } from './problem.ts';
import { NO_VALUE, scalarText, type Value } from './expressions/value.ts';

/** Parameters, checked: what `Ref` gives, and which must not be shown. */
export interface Parameters {
  readonly values: ReadonlyMap<string, Value>;
  readonly noEcho: readonly string[];
}

const MEMBERS = [
  'AllowedPattern', 'AllowedValues', 'ConstraintDescription', 'Default', 'Description', 'MaxLength', 'MaxValue', 'MinLength', 'MinValue', 'NoEcho', 'Type',
];
/** Types that AWS checks against an account's resources; here they are text in the form of the id. */
const AWS_TYPES = [
  'AWS::EC2::AvailabilityZone::Name', 'AWS::EC2::Image::Id', 'AWS::EC2::Instance::Id', 'AWS::EC2::KeyPair::KeyName', 'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id', 'AWS::EC2::Subnet::Id', 'AWS::EC2::Volume::Id', 'AWS::EC2::VPC::Id', 'AWS::Route53::HostedZone::Id',
];
const TYPES = ['String', 'Number', 'CommaDelimitedList', 'List<String>', 'List<Number>', ...AWS_TYPES, ...AWS_TYPES.map((type) => `List<${type}>`)];

export function readParameters(declared: PlainMap, given: Readonly<Record<string, string>>, problems: Problems): Parameters {
  const values = new Map<string, Value>();
  const noEcho: string[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) problems.add(`parameters.${name}`, given[name], `the template declares: ${choices(Object.keys(declared), name)}`);
  }
  for (const [name, declaration] of Object.entries(declared)) {
    const path = `Parameters.${name}`;
    if (!isPlainMap(declaration)) {
      problems.add(path, declaration, 'allowed: a map with Type');
      continue;
    }
    for (const member of Object.keys(declaration)) {
      if (!MEMBERS.includes(member)) problems.add(`${path}.${member}`, declaration[member], `allowed: ${MEMBERS.join(', ')}`);
    }
    if (String(declaration['NoEcho']) === 'true') noEcho.push(name);
    const value = readParameter({ name, path, declaration }, given[name], problems);
    // A parameter with a problem still has a name: that something refers to it is not a second mistake.
    values.set(name, value ?? '');
  }
  return { values, noEcho };
}

interface Declared {
  readonly name: string;
  readonly path: string;
  readonly declaration: PlainMap;
}

function readParameter({ name, path, declaration }: Declared, given: string | undefined, problems: Problems): Value | undefined {
  const type = declaration['Type'];
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    problems.add(`${path}.Type`, type, String(type).includes('SSM') ? 'SSM parameters are not served: use String' : `allowed: ${TYPES.join(', ')}`);
    return undefined;
  }
  const written = given ?? defaultText(declaration['Default'], path, problems);
  if (written === undefined) {
    problems.add(`parameters.${name}`, 'nothing', `the parameter has no Default: give a value (${type})`);
    return undefined;
  }
  const at = given === undefined ? `${path}.Default` : `parameters.${name}`;
  const hidden = String(declaration['NoEcho']) === 'true';
  const list = type === 'CommaDelimitedList' || type.startsWith('List<');
  const parts = list ? (written === '' ? [] : written.split(',').map((part) => part.trim())) : [written];
  for (const part of parts) check({ path: at, declaration, numeric: type === 'Number' || type === 'List<Number>', shown: hidden ? '****' : part }, part, problems);
  return list ? parts : written;
}

function defaultText(value: Plain | undefined, path: string, problems: Problems): string | undefined {
  if (value === undefined) return undefined;
  const text = Array.isArray(value) ? value.join(',') : scalarText(value as Value);
  if (text === undefined) problems.add(`${path}.Default`, value, 'allowed: text or a number; no functions');
  return text ?? '';
}

interface Checked {
  readonly path: string;
  readonly declaration: PlainMap;
  readonly numeric: boolean;
  /** The value as a problem may show it. */
  readonly shown: string;
}

function check({ path, declaration, numeric, shown }: Checked, value: string, problems: Problems): void {
  const why = declaration['ConstraintDescription'];
  const wrong = (allowed: string): void => problems.add(path, shown, typeof why === 'string' ? `${why} (${allowed})` : allowed);
  const allowedValues = declaration['AllowedValues'];
  if (Array.isArray(allowedValues) && !allowedValues.some((one: Plain) => String(one) === value)) wrong(`allowed: ${allowedValues.join(', ')}`);
  if (numeric) {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (Number.isNaN(number)) return wrong('allowed: a number');
    const [least, most] = [limit(declaration['MinValue']), limit(declaration['MaxValue'])];
    if (least !== undefined && number < least) wrong(`allowed: at least ${least}`);
    if (most !== undefined && number > most) wrong(`allowed: at most ${most}`);
    return;
  }
  const [shortest, longest] = [limit(declaration['MinLength']), limit(declaration['MaxLength'])];
  if (shortest !== undefined && value.length < shortest) wrong(`allowed: at least ${shortest} characters`);
  if (longest !== undefined && value.length > longest) wrong(`allowed: at most ${longest} characters`);
  const pattern = declaration['AllowedPattern'];
  if (typeof pattern !== 'string') return;
  try {
    // CloudFormation matches the whole value (parameters-section-structure.html, AllowedPattern).
    if (!new RegExp(`^(?:${pattern})$`, 'u').test(value)) wrong(`allowed: what matches ${pattern}`);
  } catch {
    wrong(`AllowedPattern ${pattern} is not a regular expression`);
  }
}

function limit(value: Plain | undefined): number | undefined {
  const number = Number(value);
  return value === undefined || Number.isNaN(number) ? undefined : number;
}

/** What every template may refer to beside its own parameters (pseudo-parameter-reference.html). */
export function pseudoParameters(place: { readonly account: string; readonly region: string; readonly partition: string; readonly urlSuffix: string }, stack: { readonly id: string; readonly name: string }): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['AWS::AccountId', place.account],
    ['AWS::NotificationARNs', []],
    ['AWS::NoValue', NO_VALUE],
    ['AWS::Partition', place.partition],
    ['AWS::Region', place.region],
    ['AWS::StackId', stack.id],
    ['AWS::StackName', stack.name],
    ['AWS::URLSuffix', place.urlSuffix],
  ]);
}
