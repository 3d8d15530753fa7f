packer {
  required_version = "=> 1.7"
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
