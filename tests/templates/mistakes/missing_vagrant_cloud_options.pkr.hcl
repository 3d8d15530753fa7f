source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processor "vagrant-cloud" {
    version = "1.0"
  }
}
