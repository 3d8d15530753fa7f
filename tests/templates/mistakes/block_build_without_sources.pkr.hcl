build {
  provisioner "shell-local" {
    inline = ["true"]
  }
}
