variable "domain" {
  description = "The API is api.DOMAIN, the shop www.DOMAIN. Browsers and curl resolve names below localhost to this machine."
  default     = "shop.localhost"
}

variable "token_secret" {
  description = "What the authentication service signs its tokens with, and the orders service checks them against"
  default     = "only for trying it out"
  sensitive   = true
}

variable "front_port" {
  description = "Where the front end listens on this machine"
  default     = 9101
}

variable "orders_port" {
  description = "Where the orders listen on this machine"
  default     = 9102
}
