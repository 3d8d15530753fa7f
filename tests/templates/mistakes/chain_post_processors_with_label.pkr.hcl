source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processors "checksum" {
    checksum_types = ["md5"]
  }
}
