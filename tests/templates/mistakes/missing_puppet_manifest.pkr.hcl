source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "puppet-masterless" {
    module_paths = ["files/absent"]
  }
}
