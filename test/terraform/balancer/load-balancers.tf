resource "aws_lb" "public" {
  name                                        = "public"
  internal                                    = false
  load_balancer_type                          = "application"
  security_groups                             = var.changed ? aws_security_group.main[*].id : [aws_security_group.main[0].id]
  subnets                                     = var.changed ? aws_subnet.main[*].id : slice(aws_subnet.main[*].id, 0, 2)
  drop_invalid_header_fields                  = var.changed
  preserve_host_header                        = !var.changed
  idle_timeout                                = var.changed ? 90 : 61
  client_keep_alive                           = var.changed ? 7200 : 3601
  enable_cross_zone_load_balancing            = true
  enable_deletion_protection                  = !var.changed
  enable_http2                                = var.changed
  enable_tls_version_and_cipher_suite_headers = !var.changed
  enable_xff_client_port                      = !var.changed
  enable_waf_fail_open                        = !var.changed
  enable_zonal_shift                          = !var.changed
  ip_address_type                             = var.changed ? "dualstack" : "ipv4"
  desync_mitigation_mode                      = var.changed ? "monitor" : "strictest"
  xff_header_processing_mode                  = var.changed ? "remove" : "preserve"
  access_logs {
    bucket  = var.changed ? "logs-of-second" : "logs-of-first"
    prefix  = var.changed ? "two" : "one"
    enabled = var.changed
  }
  connection_logs {
    bucket  = var.changed ? "connections-of-second" : "connections-of-first"
    prefix  = var.changed ? "two" : "one"
    enabled = var.changed
  }
  minimum_load_balancer_capacity {
    capacity_units = var.changed ? 150 : 200
  }
  ipam_pools {
    ipv4_ipam_pool_id = var.changed ? "ipam-pool-0fedcba9876543210" : "ipam-pool-0123456789abcdef0"
  }
  tags = var.changed ? { Name = "public again", more = "yes" } : { Name = "public" }
  timeouts {
    create = "5m"
    update = "5m"
    delete = "5m"
  }
}

resource "aws_lb" "inner" {
  name_prefix = "in-"
  internal    = true
  dynamic "subnet_mapping" {
    for_each = var.changed ? [2] : []
    content { subnet_id = aws_subnet.main[subnet_mapping.value].id }
  }
  subnet_mapping { subnet_id = aws_subnet.main[0].id }
  subnet_mapping { subnet_id = aws_subnet.main[1].id }
}
