source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "file" {
    source      = "files/absent.conf"
    destination = "/etc/x.conf"
  }
}
