locals {
  a = "${local.a}/bin"
}
