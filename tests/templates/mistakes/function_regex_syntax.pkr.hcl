locals {
  a = regex("([a-z", "x")
}
