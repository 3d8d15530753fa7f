# args: -var pin=12a4b6c8
variable "pin" {
  type      = number
  sensitive = true
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
