# args: -var memroy=1024
variable "memory" {
  default = 512
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
