/** Lambda as the real Terraform AWS provider sees it, every resource and data source of provider 5.100 but event source mappings: apply, no drift, update in place, destroy. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LambdaEndpoint } from '../../support/lambda-endpoint.ts';
import { zipFiles } from '../../support/zip.ts';

/** Where Debian packages, images and people put a provider mirror; TERRAFORM_MIRROR names another. */
const MIRRORS = [process.env['TERRAFORM_MIRROR'], '/opt/tf-plugins', '/usr/share/terraform/plugins', '/usr/local/share/terraform/plugins'];
const mirror = MIRRORS.find((folder) => folder !== undefined && existsSync(join(folder, 'registry.terraform.io/hashicorp/aws')));
const missing = spawnSync('terraform', ['version']).status !== 0 ? 'needs terraform' : mirror === undefined ? 'needs a mirror of the AWS provider (TERRAFORM_MIRROR)' : false;

const MAIN = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "endpoint" {}
variable "memory" { default = 128 }
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "123456789012"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
  endpoints {
    lambda = var.endpoint
  }
}
resource "aws_lambda_function" "orders" {
  function_name                  = "orders-fn"
  handler                        = "index.handler"
  runtime                        = "nodejs20.x"
  filename                       = "orders.zip"
  source_code_hash               = filebase64sha256("orders.zip")
  role                           = "arn:aws:iam::123456789012:role/lambda"
  memory_size                    = var.memory
  publish                        = true
  reserved_concurrent_executions = 5
  tags                           = { team = "shop" }
  environment {
    variables = { STAGE = "test" }
  }
  logging_config {
    log_format            = "JSON"
    application_log_level = "DEBUG"
    system_log_level      = "WARN"
  }
}
resource "aws_lambda_function" "plain" {
  function_name = "plain"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "orders.zip"
  role          = "arn:aws:iam::123456789012:role/lambda"
}
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.orders.arn
  function_version = aws_lambda_function.orders.version
}
resource "aws_lambda_permission" "elb" {
  statement_id   = "elb"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.orders.function_name
  principal      = "elasticloadbalancing.amazonaws.com"
  source_arn     = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/tg/0123456789abcdef"
  source_account = "123456789012"
}
resource "aws_lambda_permission" "alias" {
  statement_id  = "elb"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.orders.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "elasticloadbalancing.amazonaws.com"
}
resource "aws_lambda_function_event_invoke_config" "orders" {
  function_name          = aws_lambda_function.orders.function_name
  maximum_retry_attempts = 1
}
resource "aws_lambda_layer_version" "tools" {
  layer_name               = "tools"
  filename                 = "layer.zip"
  source_code_hash         = filebase64sha256("layer.zip")
  compatible_runtimes      = ["nodejs20.x", "nodejs22.x"]
  compatible_architectures = ["x86_64"]
  license_info             = "MIT"
  description              = "tools"
}
resource "aws_lambda_layer_version_permission" "all" {
  layer_name     = aws_lambda_layer_version.tools.layer_name
  version_number = aws_lambda_layer_version.tools.version
  statement_id   = "all"
  action         = "lambda:GetLayerVersion"
  principal      = "210987654321"
}
resource "aws_lambda_code_signing_config" "warn" {
  description = "warns"
  allowed_publishers {
    signing_profile_version_arns = ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/abcdefghij"]
  }
  policies {
    untrusted_artifact_on_deployment = "Warn"
  }
}
resource "aws_lambda_function" "layered" {
  function_name           = "layered"
  handler                 = "index.handler"
  runtime                 = "nodejs22.x"
  filename                = "layered.zip"
  role                    = "arn:aws:iam::123456789012:role/lambda"
  layers                  = [aws_lambda_layer_version.tools.arn]
  code_signing_config_arn = aws_lambda_code_signing_config.warn.arn
  publish                 = true
  timeout                 = 10
  ephemeral_storage { size = 1024 }
}
resource "aws_lambda_alias" "split" {
  name             = "split"
  function_name    = aws_lambda_function.layered.function_name
  function_version = "1"
  description      = var.memory == 128 ? "first" : "second"
}
resource "aws_lambda_function_url" "open" {
  function_name      = aws_lambda_function.layered.function_name
  authorization_type = "NONE"
  invoke_mode        = var.memory == 128 ? "BUFFERED" : "RESPONSE_STREAM"
  cors {
    allow_credentials = true
    allow_origins     = ["https://a.test"]
    allow_methods     = ["GET"]
    allow_headers     = ["x-a"]
    expose_headers    = ["x-b"]
    max_age           = 60
  }
}
resource "aws_lambda_function_url" "signed" {
  function_name      = aws_lambda_function.layered.function_name
  qualifier          = aws_lambda_alias.split.name
  authorization_type = "AWS_IAM"
}
resource "aws_lambda_provisioned_concurrency_config" "split" {
  function_name                     = aws_lambda_function.layered.function_name
  qualifier                         = aws_lambda_alias.split.name
  provisioned_concurrent_executions = var.memory == 128 ? 1 : 2
}
resource "aws_lambda_function_event_invoke_config" "layered" {
  function_name                = aws_lambda_function.layered.function_name
  qualifier                    = "$LATEST"
  maximum_event_age_in_seconds = 120
  maximum_retry_attempts       = 0
  destination_config {
    on_failure { destination = aws_lambda_function.orders.arn }
    on_success { destination = aws_lambda_function.plain.arn }
  }
}
resource "aws_lambda_function_recursion_config" "layered" {
  function_name  = aws_lambda_function.layered.function_name
  recursive_loop = var.memory == 128 ? "Allow" : "Terminate"
}
resource "aws_lambda_runtime_management_config" "layered" {
  function_name     = aws_lambda_function.layered.function_name
  update_runtime_on = var.memory == 128 ? "FunctionUpdate" : "Auto"
}
data "aws_lambda_function" "orders" {
  function_name = aws_lambda_function.orders.function_name
  qualifier     = aws_lambda_alias.live.name
}
data "aws_lambda_alias" "live" {
  function_name = aws_lambda_function.orders.function_name
  name          = aws_lambda_alias.live.name
}
data "aws_lambda_functions" "all" {
  depends_on = [aws_lambda_function.orders, aws_lambda_function.plain, aws_lambda_function.layered]
}
data "aws_lambda_code_signing_config" "warn" {
  arn = aws_lambda_code_signing_config.warn.arn
}
data "aws_lambda_invocation" "orders" {
  function_name = aws_lambda_function.orders.function_name
  qualifier     = aws_lambda_alias.live.name
  input         = jsonencode({ n = 2 })
}
output "read" {
  value = jsonencode({
    memory   = data.aws_lambda_function.orders.memory_size, reserved = data.aws_lambda_function.orders.reserved_concurrent_executions, tags = data.aws_lambda_function.orders.tags
    alias    = data.aws_lambda_alias.live.function_version, names = sort(data.aws_lambda_functions.all.function_names)
    signing  = data.aws_lambda_code_signing_config.warn.policies[0].untrusted_artifact_on_deployment, answer = jsondecode(data.aws_lambda_invocation.orders.result)
    layer    = data.aws_lambda_layer_version.tools.compatible_runtimes, url = data.aws_lambda_function_url.open.authorization_type
  })
}
data "aws_lambda_layer_version" "tools" {
  layer_name = aws_lambda_layer_version.tools.layer_name
}
data "aws_lambda_function_url" "open" {
  function_name = aws_lambda_function_url.open.function_name
}
resource "aws_lambda_invocation" "layered" {
  function_name = aws_lambda_function.layered.function_name
  qualifier     = aws_lambda_alias.split.name
  input         = "{}"
}
output "layered" { value = aws_lambda_invocation.layered.result }
output "url" { value = data.aws_lambda_function_url.open.function_url }
resource "aws_lambda_invocation" "once" {
  function_name = aws_lambda_function.orders.function_name
  input         = jsonencode({ n = 1 })
}
output "result" { value = aws_lambda_invocation.once.result }
output "version" { value = aws_lambda_function.orders.version }
`;

test('the Terraform provider applies, sees no drift, updates in place and destroys', { skip: missing }, async () => {
  await using endpoint = await LambdaEndpoint.open();
  const folder = join(endpoint.folder, 'terraform');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.tf'), MAIN);
  writeFileSync(join(folder, 'cli.rc'), `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path    = "${mirror}"\n    include = ["registry.terraform.io/hashicorp/aws"]\n  }\n}\n`);
  const code = (n: number): void => writeFileSync(join(folder, 'orders.zip'), zipFiles({ 'index.js': `exports.handler = async (event) => ({ ...event, code: ${n} })` }));
  code(1);
  writeFileSync(join(folder, 'layer.zip'), zipFiles({ 'nodejs/node_modules/tool/index.js': 'module.exports = "from the layer"' }));
  writeFileSync(join(folder, 'layered.zip'), zipFiles({ 'index.js': 'exports.handler = async () => require("tool")' }));

  const terraform = (command: string, ...options: string[]): Promise<{ readonly status: number | null; readonly output: string }> =>
    new Promise((resolve) => {
      const child = spawn('terraform', [`-chdir=${folder}`, command, '-no-color', ...options], {
        env: { PATH: process.env['PATH'], HOME: folder, TF_CLI_CONFIG_FILE: join(folder, 'cli.rc'), TF_VAR_endpoint: endpoint.url, TF_IN_AUTOMATION: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('close', (status) => resolve({ status, output }));
    });
  const succeeds = async (command: string, ...options: string[]): Promise<string> => {
    const { status, output } = await terraform(command, ...options);
    assert.equal(status, 0, output);
    return output;
  };

  await succeeds('init');
  const applied = await succeeds('apply', '-auto-approve');
  assert.match(applied, /version = "1"/);
  assert.match(applied, /result = .*code/);
  assert.match(applied, /layered = .*from the layer/);
  assert.match(applied, /url = "https:\/\/[a-z0-9]{32}\.lambda-url\.us-east-1\.localhost\/"/);
  const read = JSON.parse(await succeeds('output', '-raw', 'read')) as unknown;
  assert.deepEqual(read, {
    memory: 128, reserved: 5, tags: { team: 'shop' }, alias: '1', names: ['layered', 'orders-fn', 'plain'], signing: 'Warn', answer: { code: 1, n: 2 }, layer: ['nodejs20.x', 'nodejs22.x'], url: 'NONE',
  });
  await succeeds('plan', '-detailed-exitcode');
  code(2);
  const updated = await succeeds('apply', '-auto-approve', '-var=memory=256');
  assert.match(updated, /0 destroyed/);
  assert.match(updated, /version = "2"/);
  assert.equal(endpoint.store.world.list('lambda/alias')[0]?.functionVersion, '2');
  await succeeds('plan', '-detailed-exitcode', '-var=memory=256');
  await succeeds('destroy', '-auto-approve');
  for (const kind of ['lambda/function', 'lambda/version', 'lambda/alias', 'lambda/policy', 'lambda/event-invoke-config', 'lambda/layer-version', 'lambda/function-url', 'lambda/provisioned-concurrency', 'lambda/code-signing-config', 'lambda/runtime-management'] as const) assert.equal(endpoint.store.world.list(kind).length, 0, kind);
  assert.deepEqual(endpoint.failures, []);
});
