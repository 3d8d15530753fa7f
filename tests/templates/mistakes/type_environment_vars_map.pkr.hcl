source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "shell-local" {
    inline           = ["true"]
    environment_vars = { A = "1" }
  }
}
