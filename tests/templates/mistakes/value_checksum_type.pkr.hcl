source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processor "checksum" {
    checksum_types = ["sha256", "sha3"]
  }
}
