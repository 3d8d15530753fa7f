locals {
  size = true ? 1
}
