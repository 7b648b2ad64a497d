import type { Resource } from '../resource.ts';
import type { FunctionPlace } from './arn.ts';

/** A layer, which is its versions; `id` is its ARN without a version. Stays when all of them are deleted: numbers are not given twice. */
export interface Layer extends Resource {
  readonly parent: null;
  readonly name: string;
  readonly lastVersion: number;
}

/** `id` is the ARN with the version, `parent` that without. */
export interface LayerVersion extends Resource {
  readonly parent: string;
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly code: string;
  readonly codeSize: number;
  readonly unzippedSize: number;
  /** Null: nothing was said. */
  readonly compatibleRuntimes: readonly string[] | null;
  readonly compatibleArchitectures: readonly string[] | null;
  readonly licenseInfo: string;
  readonly statements: readonly LayerStatement[];
  /** Of its policy. */
  readonly revisionId: string;
}

/** One AddLayerVersionPermission, as the policy shows it. */
export interface LayerStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function layerArn({ region, account }: FunctionPlace, name: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:lambda:${region}:${account}:layer:${name}`;
}

const FORM = /^(arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):layer:([a-zA-Z0-9_-]+))(?::(\d+))?$/;

/** What an ARN of a layer (`version` null) or layer version names; null: it is neither. */
export function parseLayerArn(arn: string): { readonly layer: string; readonly region: string; readonly account: string; readonly name: string; readonly version: number | null } | null {
  const match = FORM.exec(arn);
  if (!match) return null;
  return { layer: match[1]!, region: match[2]!, account: match[3]!, name: match[4]!, version: match[5] === undefined ? null : Number(match[5]) };
}

/** Whether an account may use a layer version: its owner, or whom its policy names. */
export function mayUseLayer(version: LayerVersion, account: string): boolean {
  if (version.account === account) return true;
  return version.statements.some(
    ({ Principal, Condition }) => Condition === undefined && (Principal === '*' || Principal.AWS === account || Principal.AWS === `arn:aws:iam::${account}:root`),
  );
}
