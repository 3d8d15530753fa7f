# args: -var sizes=big
variable "sizes" {
  type = list(number)
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
