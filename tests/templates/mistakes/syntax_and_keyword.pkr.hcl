locals {
  both = true and false
}
