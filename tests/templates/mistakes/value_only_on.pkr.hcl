source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell-local" {
    inline  = ["true"]
    only_on = ["linux", "macos"]
  }
}
