terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

# `turnpike terraform --write` writes turnpike_override.tf beside this file, which Terraform merges into it. Without that file, this is AWS.
provider "aws" {
  region = "us-east-1"
}
