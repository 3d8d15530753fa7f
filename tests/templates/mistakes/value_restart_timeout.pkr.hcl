source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  provisioner "windows-restart" {
    restart_timeout = "10"
  }
}
