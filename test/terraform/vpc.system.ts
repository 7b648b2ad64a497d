import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { ec2Service, iamService, stsService } from '../../src/control-plane/services/index.ts';
import { awsEndpoint } from '../support/aws-endpoint.ts';
import { testEnvironment } from '../support/environment.ts';
import { awsProvider, terraformIn, terraformSkip } from '../support/terraform.ts';

/** A VPC as the widely used community module makes it: everything that came with it taken over, three zones, a NAT gateway, an ACL of its own for the database's subnets. */
function configuration({ label, port }: { readonly label: string; readonly port: number }): string {
  const everything = '{ from_port = 0, to_port = 0, protocol = "-1" }';
  return `
locals {
  zones = slice(data.aws_availability_zones.all.names, 0, 3)
  tags  = { Environment = "${label}" }
}
data "aws_availability_zones" "all" { state = "available" }
resource "aws_vpc" "this" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = local.tags
}
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}
resource "aws_default_network_acl" "this" {
  default_network_acl_id = aws_vpc.this.default_network_acl_id
  subnet_ids             = null
  dynamic "ingress" {
    for_each = [${everything}]
    content {
      rule_no    = 100
      action     = "allow"
      cidr_block = "0.0.0.0/0"
      from_port  = ingress.value.from_port
      to_port    = ingress.value.to_port
      protocol   = ingress.value.protocol
    }
  }
  ingress {
    rule_no         = 101
    action          = "allow"
    ipv6_cidr_block = "::/0"
    from_port       = 0
    to_port         = 0
    protocol        = "-1"
  }
  egress {
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
    protocol   = "-1"
  }
  tags = local.tags
  lifecycle { ignore_changes = [subnet_ids] }
}
resource "aws_default_route_table" "this" {
  default_route_table_id = aws_vpc.this.default_route_table_id
  tags                   = local.tags
}
resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}
resource "aws_subnet" "public" {
  count                   = 3
  vpc_id                  = aws_vpc.this.id
  cidr_block              = cidrsubnet("10.0.0.0/16", 8, count.index)
  availability_zone       = local.zones[count.index]
  map_public_ip_on_launch = true
  tags                    = local.tags
}
resource "aws_subnet" "private" {
  count             = 3
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, 10 + count.index)
  availability_zone = local.zones[count.index]
  tags              = local.tags
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}
resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
  timeouts { create = "5m" }
}
resource "aws_route_table_association" "public" {
  count          = 3
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}
resource "aws_eip" "nat" {
  domain     = "vpc"
  tags       = local.tags
  depends_on = [aws_internet_gateway.this]
}
resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public[0].id
  tags          = local.tags
  depends_on    = [aws_internet_gateway.this]
}
resource "aws_nat_gateway" "inner" {
  connectivity_type = "private"
  subnet_id         = aws_subnet.private[0].id
}
resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}
resource "aws_route" "private" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this.id
}
resource "aws_route_table_association" "private" {
  count          = 3
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}
resource "aws_network_acl" "database" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = slice(aws_subnet.private[*].id, 0, ${port === 80 ? 2 : 3})
  tags       = local.tags
}
resource "aws_network_acl_rule" "in" {
  network_acl_id = aws_network_acl.database.id
  egress         = false
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = ${port}
  to_port        = ${port}
  cidr_block     = "10.0.0.0/16"
}
resource "aws_network_acl_rule" "ping" {
  network_acl_id = aws_network_acl.database.id
  egress         = true
  rule_number    = 110
  rule_action    = "deny"
  protocol       = "icmp"
  icmp_type      = 8
  icmp_code      = -1
  cidr_block     = "0.0.0.0/0"
}
data "aws_nat_gateways" "all" {
  vpc_id     = aws_vpc.this.id
  depends_on = [aws_nat_gateway.this, aws_nat_gateway.inner]
}
data "aws_network_acls" "all" {
  vpc_id     = aws_vpc.this.id
  depends_on = [aws_network_acl.database]
}
output "found" { value = "$\{length(data.aws_nat_gateways.all.ids)} NAT gateways, $\{length(data.aws_network_acls.all.ids)} ACLs, $\{aws_nat_gateway.this.public_ip == aws_eip.nat.public_ip}" }
`;
}

test('Terraform applies a VPC of the usual shape, sees no drift, updates and destroys it', { skip: terraformSkip(), timeout: 800_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-terraform-'));
  after(() => rmSync(folder, { recursive: true }));
  const environment = testEnvironment({ clock: systemClock, random: systemRandom });
  const endpoint = await awsEndpoint([ec2Service(environment), iamService(environment), stsService(environment)]);
  after(() => endpoint.close());
  const terraform = terraformIn(folder);
  const ok = async (...words: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...words, '-no-color');
    assert.equal(code, 0, `terraform ${words.join(' ')}\n${output}\n${JSON.stringify(endpoint.failures.map(String))}`);
    return output;
  };
  writeFileSync(join(folder, 'provider.tf'), awsProvider(endpoint.url));
  writeFileSync(join(folder, 'main.tf'), configuration({ label: 'first', port: 80 }));
  await ok('init');
  await ok('apply', '-auto-approve');
  await ok('plan', '-detailed-exitcode');
  assert.match(await ok('output'), /found = "2 NAT gateways, 2 ACLs, true"/);
  writeFileSync(join(folder, 'main.tf'), configuration({ label: 'second', port: 81 }));
  await ok('apply', '-auto-approve');
  await ok('plan', '-detailed-exitcode');
  await ok('destroy', '-auto-approve');
  for (const kind of ['ec2/nat-gateway', 'ec2/elastic-ip'] as const) assert.deepEqual(environment.store.world.list(kind), [], kind);
  assert.equal(environment.store.world.list('ec2/network-acl').filter((acl) => !acl.isDefault).length, 0);
  assert.deepEqual(endpoint.failures, []);
});
