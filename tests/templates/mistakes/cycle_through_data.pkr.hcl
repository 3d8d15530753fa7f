data "null" "x" {
  input = local.y
}

locals {
  y = data.null.x.output
}
