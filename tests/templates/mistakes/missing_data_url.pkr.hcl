data "http" "x" {
  method = "GET"
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
