source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "sleep" {
    duration = "5"
  }
}
