source "null" "a" {
  communicator = "none"
}

build {
  source = ["null.a"]
}
