source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  post-processor "vagrant" {
    provider_override = "kvm"
  }
}
