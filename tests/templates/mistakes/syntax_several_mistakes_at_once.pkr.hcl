variable "memory" {
  type    = nmber
  default = 512
}

variable "memory" {
  default = 1024
}

source "null" "a" {
  comunicator = "none"
}

locals {
  size = var.memry
}

biuld {
  sources = ["null.a"]
}

build {
  sources = ["null.b"]
}
