variable "x" {
  default = 2
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
