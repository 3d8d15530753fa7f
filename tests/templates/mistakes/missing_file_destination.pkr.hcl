source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "file" {
    content = "x"
  }
}
