locals {
  value = true ? [1, 2] : { a = 1 }
}
