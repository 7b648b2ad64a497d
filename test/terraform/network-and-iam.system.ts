import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { ec2Service, iamService, logsService, MemoryLogEvents, stsService } from '../../src/control-plane/services/index.ts';
import { sqliteStore } from '../../src/control-plane/store/index.ts';
import { awsEndpoint } from '../support/aws-endpoint.ts';
import { testEnvironment } from '../support/environment.ts';
import { awsProvider, terraformIn, terraformSkip } from '../support/terraform.ts';

function configuration({ label, description, port }: { readonly label: string; readonly description: string; readonly port: number }): string {
  return `
data "aws_caller_identity" "me" {}
data "aws_availability_zones" "all" { state = "available" }
data "aws_vpc" "default" { default = true }
data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}
data "aws_security_group" "default" {
  vpc_id = data.aws_vpc.default.id
  name   = "default"
}
data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-*-x86_64"]
  }
}
resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "${label}" }
}
resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }
resource "aws_subnet" "public" {
  count                   = 2
  vpc_id                  = aws_vpc.main.id
  cidr_block              = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone       = data.aws_availability_zones.all.names[count.index]
  map_public_ip_on_launch = true
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "${label}" }
}
resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}
resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}
resource "aws_security_group" "alb" {
  name   = "alb"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = ${port}
    to_port     = ${port}
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
  tags = { Name = "${label}" }
}
resource "aws_security_group" "app" {
  name        = "app"
  description = "the application"
  vpc_id      = aws_vpc.main.id
}
resource "aws_vpc_security_group_ingress_rule" "app" {
  security_group_id            = aws_security_group.app.id
  referenced_security_group_id = aws_security_group.alb.id
  ip_protocol                  = "tcp"
  from_port                    = ${port}
  to_port                      = ${port}
  description                  = "${description}"
}
resource "aws_vpc_security_group_egress_rule" "app" {
  security_group_id = aws_security_group.app.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
resource "aws_security_group_rule" "old" {
  type              = "ingress"
  security_group_id = aws_security_group.app.id
  protocol          = "udp"
  from_port         = 53
  to_port           = 53
  cidr_blocks       = ["10.0.0.0/8"]
}
resource "aws_key_pair" "web" {
  key_name   = "web"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKwDV3CP5wLTGNukN2o7YvRthkFiQKJv8VaoH4MRYdtR somebody"
  tags       = { Name = "${label}" }
}
resource "aws_instance" "web" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.public[0].id
  vpc_security_group_ids = [aws_security_group.app.id]
  iam_instance_profile   = aws_iam_instance_profile.web.name
  key_name               = aws_key_pair.web.key_name
  user_data              = "echo hello"
  tags                   = { Name = "${label}", "turnpike:address" = "127.0.0.1" }
}
resource "aws_network_interface" "extra" {
  subnet_id       = aws_subnet.public[1].id
  security_groups = [aws_security_group.app.id]
}
resource "aws_eip" "web" {
  instance = aws_instance.web.id
  domain   = "vpc"
}
resource "aws_iam_role" "web" {
  name                 = "web"
  description          = "${description}"
  max_session_duration = 7200
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  tags = { Name = "${label}" }
}
resource "aws_iam_role_policy" "web" {
  name   = "inline"
  role   = aws_iam_role.web.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*", Sid = "${label}" }] })
}
resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.web.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_policy" "own" {
  name   = "own"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:*"], Resource = "*", Sid = "${label}" }] })
}
resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.web.name
  policy_arn = aws_iam_policy.own.arn
}
resource "aws_iam_instance_profile" "web" {
  name = "web"
  role = aws_iam_role.web.name
}
resource "aws_iam_user" "ci" {
  name = "ci"
  tags = { Name = "${label}" }
}
resource "aws_iam_access_key" "ci" { user = aws_iam_user.ci.name }
resource "aws_iam_user_policy_attachment" "ci" {
  user       = aws_iam_user.ci.name
  policy_arn = aws_iam_policy.own.arn
}
resource "aws_iam_service_linked_role" "elb" { aws_service_name = "elasticloadbalancing.amazonaws.com" }
resource "aws_cloudwatch_log_group" "app" {
  name              = "/app/web"
  retention_in_days = ${port === 80 ? 7 : 14}
  tags              = { Name = "${label}" }
}
resource "aws_cloudwatch_log_stream" "app" {
  name           = "one"
  log_group_name = aws_cloudwatch_log_group.app.name
}
output "subnets" { value = length(data.aws_subnets.default.ids) }
output "account" { value = data.aws_caller_identity.me.account_id }
`;
}

test('Terraform applies a network, instances, IAM and logs, sees no drift, updates in place and destroys all of it', { skip: terraformSkip(), timeout: 800_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-terraform-'));
  after(() => rmSync(folder, { recursive: true }));
  const store = sqliteStore({ path: join(folder, 'store', 'turnpike.db'), clock: systemClock });
  const environment = testEnvironment({ store, clock: systemClock, random: systemRandom });
  const events = new MemoryLogEvents({ clock: systemClock });
  const endpoint = await awsEndpoint([ec2Service(environment), iamService(environment), stsService(environment), logsService(environment, events)]);
  after(() => {
    endpoint.close();
    store.close();
  });
  const terraform = terraformIn(folder);
  const ok = async (...words: string[]): Promise<string> => {
    const { code, output } = await terraform(...words, '-no-color');
    assert.equal(code, 0, `terraform ${words.join(' ')}\n${output}\n${JSON.stringify(endpoint.failures.map(String))}`);
    return output;
  };

  writeFileSync(join(folder, 'provider.tf'), awsProvider(endpoint.url));
  writeFileSync(join(folder, 'main.tf'), configuration({ label: 'first', description: 'as made', port: 80 }));
  await ok('init');
  t.diagnostic((await ok('apply', '-auto-approve')).split('\n').findLast((line) => line.startsWith('Apply complete'))!);
  await ok('plan', '-detailed-exitcode');

  writeFileSync(join(folder, 'main.tf'), configuration({ label: 'second', description: 'as changed', port: 8080 }));
  const updated = await ok('apply', '-auto-approve');
  t.diagnostic(updated.split('\n').findLast((line) => line.startsWith('Apply complete'))!);
  assert.match(updated, /Apply complete! Resources: 0 added, \d+ changed, 0 destroyed/, 'everything is updated in place');
  await ok('plan', '-detailed-exitcode');

  t.diagnostic((await ok('destroy', '-auto-approve')).split('\n').findLast((line) => line.startsWith('Destroy complete'))!);
  const left = (['ec2/vpc', 'ec2/subnet', 'ec2/security-group', 'ec2/network-interface', 'ec2/elastic-ip', 'ec2/key-pair', 'iam/role', 'iam/user', 'iam/access-key', 'iam/policy', 'iam/instance-profile', 'logs/log-group', 'logs/log-stream'] as const)
    .flatMap((kind) => store.world.list(kind).filter((noun) => !('isDefault' in noun && noun.isDefault)))
    .filter((noun) => !('defaultForAz' in noun && noun.defaultForAz) && !('name' in noun && noun.name === 'default'));
  assert.deepEqual(left, []);
  assert.deepEqual(endpoint.failures, []);
});
