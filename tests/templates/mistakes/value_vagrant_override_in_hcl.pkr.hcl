source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processor "vagrant" {
    compression_level = "high"
    include           = ["files/present.sh", "files/absent.json"]
  }
}
