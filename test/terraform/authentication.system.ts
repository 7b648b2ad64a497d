/** Listeners and rules that log users in, as the real Terraform AWS provider makes them: apply, no drift, update in place, no drift, destroy. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateLoadBalancerCommand, DescribeListenersCommand, DescribeRulesCommand, ElasticLoadBalancingV2Client, type Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { selfSigned } from '../support/self-signed.ts';
import { terraformIn, terraformSkip } from '../support/terraform.ts';
import { startTurnpike } from '../support/turnpike.ts';

interface Edition {
  readonly endpoint: string;
  readonly balancer: string;
  readonly certificate: string;
  readonly changed: boolean;
}

/** The balancer is made beside it: the provider waits a minute for one, whatever it is told. */
function configuration({ endpoint, balancer, certificate, changed }: Edition): string {
  const either = (first: string, second: string): string => (changed ? second : first);
  const oidc = (indent: string): string => `
${indent}authorization_endpoint     = "https://idp.test/auth"
${indent}client_id                  = "app"
${indent}client_secret              = "${either('first', 'second')}"
${indent}issuer                     = "https://idp.test"
${indent}token_endpoint             = "https://idp.test/token"
${indent}user_info_endpoint         = "https://idp.test/me"
${indent}on_unauthenticated_request = "${either('authenticate', 'deny')}"
${indent}scope                      = "${either('openid', 'openid email')}"
${indent}session_cookie_name        = "${either('AWSELBAuthSessionCookie', 'Own')}"
${indent}session_timeout            = ${either('604800', '3600')}
${indent}authentication_request_extra_params = { prompt = "${either('login', 'consent')}" }`;
  return `
terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
provider "aws" {
  region = "us-east-1"
  access_key = "test"
  secret_key = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    elbv2 = "${endpoint}"
    sts   = "${endpoint}"
    iam   = "${endpoint}"
  }
}
resource "aws_lb_listener" "https" {
  load_balancer_arn = "${balancer}"
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = "${certificate}"
  default_action {
    type  = "authenticate-oidc"
    order = 1
    authenticate_oidc {${oidc('      ')}
    }
  }
  default_action {
    type  = "fixed-response"
    order = 2
    fixed_response {
      content_type = "text/plain"
      message_body = "in"
      status_code  = "200"
    }
  }
}
resource "aws_lb_listener_rule" "oidc" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 1
  action {
    type = "authenticate-oidc"
    authenticate_oidc {${oidc('      ')}
    }
  }
  action {
    type = "redirect"
    redirect {
      path        = "/in"
      status_code = "HTTP_302"
    }
  }
  condition {
    path_pattern { values = ["/oidc"] }
  }
}
resource "aws_lb_listener_rule" "cognito" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 2
  action {
    type = "authenticate-cognito"
    authenticate_cognito {
      user_pool_arn              = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_${either('Abc', 'Def')}"
      user_pool_client_id        = "client"
      user_pool_domain           = "${either('shop', 'login.shop.test')}"
      on_unauthenticated_request = "${either('allow', 'deny')}"
      session_timeout            = ${either('300', '600')}
      authentication_request_extra_params = { display = "${either('page', 'popup')}" }
    }
  }
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "204"
    }
  }
  condition {
    path_pattern { values = ["/cognito"] }
  }
}
`;
}

test('logins are applied, read back without drift, updated in place and destroyed', { skip: terraformSkip(), timeout: 600_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-authentication-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const { endpoint } = turnpike;
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const [ec2, elbv2, acm] = [new EC2Client(settings), new ElasticLoadBalancingV2Client(settings), new ACMClient(settings)];
  const VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc!.VpcId!;
  const Subnets = await Promise.all(['a', 'b'].map(async (zone, i) => (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone: `us-east-1${zone}` }))).Subnet!.SubnetId!));
  const balancer = (await elbv2.send(new CreateLoadBalancerCommand({ Name: 'login', Subnets }))).LoadBalancers![0]!.LoadBalancerArn!;
  const made = await selfSigned('shop.test');
  const certificate = (await acm.send(new ImportCertificateCommand({ Certificate: Buffer.from(made.certificate), PrivateKey: Buffer.from(made.privateKey) }))).CertificateArn!;
  const terraform = terraformIn(folder);
  const succeeds = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...args, '-no-color');
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output}\n${turnpike.printed()}`);
    return output;
  };
  const edition = (changed: boolean): void => writeFileSync(join(folder, 'main.tf'), configuration({ endpoint, balancer, certificate, changed }));
  edition(false);
  await succeeds('init');
  for (const changed of [false, true]) {
    edition(changed);
    const output = await succeeds('apply', '-auto-approve');
    if (changed) assert.match(output, /0 added, 3 changed, 0 destroyed/);
    const { code, output: plan } = await terraform('plan', '-detailed-exitcode', '-no-color');
    assert.equal(code, 0, `there is drift:\n${plan}`);
  }
  const listener = (await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn: balancer }))).Listeners![0]!;
  const rules = (await elbv2.send(new DescribeRulesCommand({ ListenerArn: listener.ListenerArn }))).Rules!;
  const actions: readonly Action[] = [...listener.DefaultActions!, ...rules.flatMap(({ Actions }) => Actions!)];
  assert.equal(actions.filter(({ Type }) => Type === 'authenticate-oidc').length, 3);
  assert.ok(!JSON.stringify(actions).includes('second'), 'the secret is not answered');
  await succeeds('destroy', '-auto-approve');
  assert.deepEqual((await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn: balancer }))).Listeners, []);
});
