/** The provider's resources and data sources of Application Load Balancers. (`aws_alb...` are other names of the same.) */
export const TYPES = [
  'aws_lb', 'aws_lb_listener', 'aws_lb_listener_certificate', 'aws_lb_listener_rule', 'aws_lb_target_group', 'aws_lb_target_group_attachment', 'aws_lb_trust_store', 'aws_lb_trust_store_revocation',
  'data.aws_elb_service_account', 'data.aws_lb', 'data.aws_lb_hosted_zone_id', 'data.aws_lb_listener', 'data.aws_lb_listener_rule', 'data.aws_lb_target_group', 'data.aws_lb_trust_store', 'data.aws_lbs',
];

const NETWORK = 'Network Load Balancers have it';
const ANSWER = 'the provider only answers it';
const GATEWAY = 'Network and Gateway Load Balancers have it';

/** Arguments that the configuration does not use, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'aws_lb.customer_owned_ipv4_pool': 'AWS has it on Outposts only',
  'aws_lb.dns_record_client_routing_policy': NETWORK,
  'aws_lb.enforce_security_group_inbound_rules_on_private_link_traffic': NETWORK,
  'aws_lb.subnet_mapping.allocation_id': NETWORK,
  'aws_lb.subnet_mapping.ipv6_address': NETWORK,
  'aws_lb.subnet_mapping.private_ipv4_address': NETWORK,
  'aws_lb_listener.alpn_policy': NETWORK,
  'aws_lb_listener.tcp_idle_timeout_seconds': GATEWAY,
  'aws_lb_target_group.connection_termination': NETWORK,
  'aws_lb_target_group.preserve_client_ip': NETWORK,
  'aws_lb_target_group.proxy_protocol_v2': NETWORK,
  'aws_lb_target_group.target_failover.on_deregistration': 'Gateway Load Balancers have it',
  'aws_lb_target_group.target_failover.on_unhealthy': 'Gateway Load Balancers have it',
  'aws_lb_target_group.target_health_state.enable_unhealthy_connection_termination': NETWORK,
  'aws_lb_target_group.target_health_state.unhealthy_draining_interval': NETWORK,
  'data.aws_lb_listener.tags': ANSWER,
  'data.aws_lb_target_group.load_balancing_anomaly_mitigation': ANSWER,
};

/** `id` and `tags_all` are what the provider computes, though its schema lets them be set. */
export const COMPUTED = /\.(id|tags_all)$/;

const FOR_LIFE = 'what it is stays what it is: another one is made in its place';
const PATIENCE = "the provider's own: how long it waits";
const ONE_VALUE = 'it has one value only';

/** Arguments that are the same in both editions, and why. */
export const UNCHANGED: Readonly<Record<string, string>> = {
  'aws_lb.internal': FOR_LIFE,
  'aws_lb.load_balancer_type': FOR_LIFE,
  'aws_lb.name': FOR_LIFE,
  'aws_lb.name_prefix': FOR_LIFE,
  'aws_lb.enable_cross_zone_load_balancing': 'an Application Load Balancer cannot turn it off',
  'aws_lb.timeouts.create': PATIENCE,
  'aws_lb.timeouts.delete': PATIENCE,
  'aws_lb.timeouts.update': PATIENCE,
  'aws_lb_listener.load_balancer_arn': FOR_LIFE,
  'aws_lb_listener.routing_http_response_access_control_allow_credentials_header_value': ONE_VALUE,
  'aws_lb_listener.routing_http_response_x_content_type_options_header_value': ONE_VALUE,
  'aws_lb_listener.timeouts.create': PATIENCE,
  'aws_lb_listener.timeouts.update': PATIENCE,
  'aws_lb_listener_certificate.certificate_arn': FOR_LIFE,
  'aws_lb_listener_certificate.listener_arn': FOR_LIFE,
  'aws_lb_listener_rule.listener_arn': FOR_LIFE,
  'aws_lb_target_group.ip_address_type': FOR_LIFE,
  'aws_lb_target_group.name': FOR_LIFE,
  'aws_lb_target_group.name_prefix': FOR_LIFE,
  'aws_lb_target_group.port': FOR_LIFE,
  'aws_lb_target_group.protocol': FOR_LIFE,
  'aws_lb_target_group.protocol_version': FOR_LIFE,
  'aws_lb_target_group.target_type': FOR_LIFE,
  'aws_lb_target_group.vpc_id': FOR_LIFE,
  'aws_lb_target_group_attachment.availability_zone': FOR_LIFE,
  'aws_lb_target_group_attachment.port': FOR_LIFE,
  'aws_lb_target_group_attachment.target_group_arn': FOR_LIFE,
  'aws_lb_target_group_attachment.target_id': FOR_LIFE,
  'aws_lb_trust_store.name': FOR_LIFE,
  'aws_lb_trust_store.name_prefix': FOR_LIFE,
  'aws_lb_trust_store.timeouts.create': PATIENCE,
  'aws_lb_trust_store.timeouts.delete': PATIENCE,
  'aws_lb_trust_store_revocation.revocations_s3_bucket': FOR_LIFE,
  'aws_lb_trust_store_revocation.revocations_s3_key': FOR_LIFE,
  'aws_lb_trust_store_revocation.revocations_s3_object_version': FOR_LIFE,
  'aws_lb_trust_store_revocation.timeouts.create': PATIENCE,
  'aws_lb_trust_store_revocation.trust_store_arn': FOR_LIFE,
};
