source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell" {
    inline = ["true"]
    script = "files/present.sh"
  }
}
