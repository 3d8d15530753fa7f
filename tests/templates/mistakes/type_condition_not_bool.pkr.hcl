locals {
  value = "maybe" ? 1 : 2
}
