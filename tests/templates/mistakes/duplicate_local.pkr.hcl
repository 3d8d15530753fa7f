locals {
  a = 1
}

local "a" {
  expression = 2
}
