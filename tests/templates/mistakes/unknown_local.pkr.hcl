locals {
  version = "12"
  name    = "debian-${local.verison}"
}
