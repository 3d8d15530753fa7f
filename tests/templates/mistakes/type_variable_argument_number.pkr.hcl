# args: -var cpus=many
variable "cpus" {
  type = number
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
