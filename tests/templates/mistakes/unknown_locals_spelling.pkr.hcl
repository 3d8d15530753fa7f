locals {
  version = "12"
  name    = "debian-${locals.version}"
}
