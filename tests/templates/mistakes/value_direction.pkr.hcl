source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "file" {
    source      = "files/present.sh"
    destination = "/tmp/x"
    direction   = "up"
  }
}
