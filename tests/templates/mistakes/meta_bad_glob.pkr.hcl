# args: -only=null.[a
source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
