locals {
  a = jsondecode("{\"a\": }")
}
