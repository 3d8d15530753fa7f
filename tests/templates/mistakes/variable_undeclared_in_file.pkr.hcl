# args: -var-file=files/undeclared.pkrvars.hcl
variable "x" {
  default = 2
}

variable "color" {
  default = "blue"
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
