memory = 512

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
