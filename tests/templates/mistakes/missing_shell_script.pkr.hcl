source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell" {
    environment_vars = ["A=1"]
  }
}
