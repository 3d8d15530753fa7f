data "http" "x" {
  url    = "https://example.org/"
  method = "get"
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
