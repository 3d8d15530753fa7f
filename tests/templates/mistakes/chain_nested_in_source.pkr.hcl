source "null" "a" {
  communicator = "none"

  provisioner "shell-local" {
    inline = ["true"]
  }
}

build {
  sources = ["null.a"]
}
