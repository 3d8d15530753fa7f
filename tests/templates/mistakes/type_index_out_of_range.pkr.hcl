locals {
  list  = ["a", "b"]
  third = local.list[2]
}
