locals {
  a = try(local.b.x, local.b.y)
  b = {}
}
