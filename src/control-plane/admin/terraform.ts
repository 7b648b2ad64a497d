/** The AWS provider's names of endpoints, where they are not the models'. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = { 'cognito-idp': 'cognitoidp' };
/** Services that the provider has no endpoint of its own for: they are reached through another's. */
const WITHOUT_ENDPOINT = new Set(['apigatewaymanagementapi']);

export interface TerraformSettings {
  /** Control endpoint: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Model names of the services that are served. */
  readonly services: readonly string[];
  /** Null: the configuration's own stays. */
  readonly region: string | null;
}

/** The provider block that points Terraform's AWS provider at an installation, for every service served. */
export function terraformOverride({ endpoint, services, region }: TerraformSettings): string {
  const settings: [string, string][] = [
    ...(region === null ? [] : [['region', `"${region}"`] as [string, string]]),
    ['access_key', '"test"'],
    ['secret_key', '"test"'],
    ['skip_credentials_validation', 'true'],
    ['skip_metadata_api_check', 'true'],
    ['skip_region_validation', 'true'],
    ['s3_use_path_style', 'true'],
  ];
  const names = services.filter((name) => !WITHOUT_ENDPOINT.has(name)).map((name) => PROVIDER_NAMES[name] ?? name).sort();
  return `provider "aws" {\n${aligned(settings, '  ')}\n\n  endpoints {\n${aligned(names.map((name) => [name, `"${endpoint}"`]), '    ')}\n  }\n}\n`;
}

/** As `terraform fmt` has it. */
function aligned(settings: readonly (readonly [string, string])[], indent: string): string {
  const width = Math.max(0, ...settings.map(([name]) => name.length));
  return settings.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`).join('\n');
}
