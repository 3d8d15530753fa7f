# args: -only=null.b
source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
