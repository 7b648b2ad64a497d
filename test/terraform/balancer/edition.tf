# Two editions of one configuration: as made, and with every argument changed that can be updated in place.
variable "changed" {
  type = bool
}
