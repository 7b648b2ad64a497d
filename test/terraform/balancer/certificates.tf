resource "aws_acm_certificate" "imported" {
  certificate_body = file("${var.changed ? "two" : "one"}.pem")
  private_key      = file("${var.changed ? "two" : "one"}.key")
  tags             = { Name = var.changed ? "two" : "one" }
}

resource "aws_acm_certificate" "issued" {
  domain_name               = "www.example.test"
  subject_alternative_names = ["*.www.example.test"]
  validation_method         = "DNS"
  key_algorithm             = "EC_prime256v1"
  options {
    certificate_transparency_logging_preference = var.changed ? "DISABLED" : "ENABLED"
  }
  tags = { Name = "issued" }
}

resource "aws_acm_certificate" "more" {
  domain_name       = "more.example.test"
  validation_method = "DNS"
}

resource "aws_iam_server_certificate" "uploaded" {
  name             = "uploaded"
  path             = "/edge/"
  certificate_body = file("one.pem")
  private_key      = file("one.key")
  tags             = { Name = var.changed ? "two" : "one" }
}

resource "aws_lb_trust_store" "clients" {
  name                             = "clients"
  ca_certificates_bundle_s3_bucket = var.changed ? "bundles-too" : "bundles"
  ca_certificates_bundle_s3_key    = var.changed ? "two.pem" : "one.pem"
  # the name that S3 gives the version of an object in a bucket without versioning
  ca_certificates_bundle_s3_object_version = var.changed ? "null" : null
  tags                                     = { Name = var.changed ? "two" : "one" }
  timeouts {
    create = "1m"
    delete = "1m"
  }
}

resource "aws_lb_trust_store" "others" {
  name_prefix                      = "other-"
  ca_certificates_bundle_s3_bucket = "bundles"
  ca_certificates_bundle_s3_key    = "one.pem"
}

resource "aws_lb_trust_store_revocation" "clients" {
  trust_store_arn               = aws_lb_trust_store.clients.arn
  revocations_s3_bucket         = "bundles"
  revocations_s3_key            = "list.crl"
  revocations_s3_object_version = "null"
  timeouts {
    create = "1m"
  }
}
