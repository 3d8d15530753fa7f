source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "ansible" {
    user = "root"
  }
}
