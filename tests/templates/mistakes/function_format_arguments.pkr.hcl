locals {
  a = format("%s-%d", "x")
}
