source "null" "a" {
  communicator = "none"
}

build {
  sources = ["null.a"]
  error-cleanup-provisioner "shell-local" {
    inline = ["echo 1"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo 2"]
  }
}
