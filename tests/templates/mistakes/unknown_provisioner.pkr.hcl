source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell_local" {
    inline = ["true"]
  }
}
