source "null" "a" {
  communicator = "none"
}

build {
  variable "x" {
    default = 1
  }
  sources = ["null.a"]
}
