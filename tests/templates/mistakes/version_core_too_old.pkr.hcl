packer {
  required_version = ">= 99.0.0"
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
}
