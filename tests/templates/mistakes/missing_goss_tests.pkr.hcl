source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "goss" {
    version = "0.4.8"
  }
}
